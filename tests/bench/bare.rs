//! What the server is measured against: actix-web, a signature, a body.

use std::io::Write as _;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use ivrc::provider::twilio::signature;
use url::form_urlencoded;

use crate::TOKEN;

/// Serves a body of `size` bytes to signed requests, on one worker per processor; prints its port.
pub(crate) fn serve(size: usize) {
    let body = web::Data::new("x".repeat(size));
    let runtime = actix_web::rt::System::new();
    runtime
        .block_on(async move {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            println!("listening on {}", listener.local_addr().expect("an address"));
            std::io::stdout().flush().expect("standard output");
            let workers = std::thread::available_parallelism().map_or(2, usize::from);
            HttpServer::new(move || App::new().app_data(body.clone()).default_service(web::to(answer)))
                .workers(workers)
                .listen(listener)
                .expect("the port")
                .run()
                .await
        })
        .expect("a server");
}

async fn answer(request: HttpRequest, form: web::Bytes, body: web::Data<String>) -> HttpResponse {
    let url = format!("http://{}{}", request.connection_info().host(), request.uri());
    let fields: Vec<_> = form_urlencoded::parse(&form).map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    let wanted = signature::sign(TOKEN, &url, &fields);
    let given = request.headers().get(signature::HEADER).and_then(|value| value.to_str().ok());
    if given != Some(&wanted) {
        return HttpResponse::Forbidden().finish();
    }
    HttpResponse::Ok().content_type("text/xml").body(body.get_ref().clone())
}
