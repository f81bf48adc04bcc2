//! A closed loop of HTTP/1.1 clients on kept connections: as little as possible, so that the server is measured.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ivrc::provider::twilio::signature;

use crate::{CONNECTIONS, TOKEN};

/// One request, ready to be written.
pub(crate) struct Shot(Vec<u8>);

/// What a run showed.
pub(crate) struct Measured {
    /// Requests per second.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Median size of a body, in bytes.
    pub(crate) body: usize,
}

impl Shot {
    /// A webhook as the provider signs it.
    pub(crate) fn signed(port: u16, path: &str, parameters: &[(&str, String)]) -> Self {
        let url = format!("http://127.0.0.1:{port}{path}");
        let signature = signature::sign(TOKEN, &url, parameters);
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             X-Twilio-Signature: {signature}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Self((head + &body).into_bytes())
    }
}

/// Sends every request once; the bodies come back in the order of the requests.
pub(crate) fn run(port: u16, shots: Vec<Shot>) -> (Measured, Vec<String>) {
    let count = shots.len();
    let bodies = Mutex::new(vec![String::new(); count]);
    let times = Mutex::new(Vec::with_capacity(count));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection =
                    BufReader::new(TcpStream::connect(("127.0.0.1", port)).expect("the server listens"));
                connection.get_ref().set_nodelay(true).expect("a TCP option");
                let mut mine = Vec::new();
                loop {
                    let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(shot) = shots.get(n) else { break };
                    let sent = Instant::now();
                    connection.get_mut().write_all(&shot.0).expect("a connection");
                    let body = response(&mut connection);
                    mine.push((n, sent.elapsed(), body));
                }
                let (mut bodies, mut times) = (bodies.lock().expect("a lock"), times.lock().expect("a lock"));
                for (n, time, body) in mine {
                    times.push(time);
                    bodies[n] = body;
                }
            });
        }
    });
    let took = began.elapsed();
    let mut times = times.into_inner().expect("a lock");
    times.sort();
    let bodies = bodies.into_inner().expect("a lock");
    let mut sizes: Vec<usize> = bodies.iter().map(String::len).collect();
    sizes.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let rate = count as f64 / took.as_secs_f64();
    let measured = Measured { rate, p50: times[count / 2], p99: times[count * 99 / 100], body: sizes[count / 2] };
    (measured, bodies)
}

/// The body of one response of status 200.
fn response(connection: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    connection.read_line(&mut line).expect("a response");
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line).expect("a header");
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).expect("a body");
    String::from_utf8(body).expect("text")
}
