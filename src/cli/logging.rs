//! The log: lines on stderr, chosen by `RUST_LOG`, as JSON with `IVRC_LOG=json`.

use tracing_subscriber::EnvFilter;

use super::environment::Surroundings;
use super::messages::Complaint;

/// Starts the log of this process. `usual` is what is logged unless `RUST_LOG` says otherwise.
pub(super) fn start(usual: &str, surroundings: &Surroundings) -> Result<(), Complaint> {
    let wanted = surroundings.get("RUST_LOG").filter(|wanted| !wanted.trim().is_empty());
    let filter = EnvFilter::try_new(wanted.unwrap_or(usual)).map_err(|error| {
        Complaint::new(format!("`RUST_LOG` is not understood: {error}"), "set it like `info` or `ivrc=debug`")
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(surroundings.wants_color());
    // An error means that there is a log already, and one is enough.
    let _ = match surroundings.get("IVRC_LOG") {
        None | Some("" | "text") => lines.try_init(),
        Some("json") => lines.json().try_init(),
        Some(other) => {
            let message = format!("`IVRC_LOG` is neither `json` nor `text`: `{other}`");
            return Err(Complaint::new(message, "set it to `json`, or unset it"));
        }
    };
    Ok(())
}
