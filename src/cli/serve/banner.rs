//! What is said when a server has started.

use std::io::Write as _;

use super::plan::{Mode, Plan};
use super::served::Served;
use crate::project::Beside;
use crate::serve::Server;

/// Prints which flows are served where, and what to enter at the provider.
pub(super) fn print(plan: &Plan, served: &Served, server: &Server, public_url: &str, local_url: &str) {
    // Nobody has to read it.
    let _ = std::io::stdout().write_all(text(plan, served, server, public_url, local_url).as_bytes());
}

fn text(plan: &Plan, served: &Served, server: &Server, public_url: &str, local_url: &str) -> String {
    let mut lines = Vec::new();
    for flow in &served.flows {
        let version = server.lines().current(&flow.name).map(|line| line.graph.version.to_string());
        lines.push(format!("{}  version {}  {}", flow.name, version.unwrap_or_default(), flow.flow.display()));
        lines.push(format!("  voice URL        POST {public_url}/{}", flow.name));
        lines.push(format!("  status callback  POST {public_url}/{}/status", flow.name));
        lines.push(format!("  fallback URL     POST {public_url}/{}/fallback", flow.name));
        if let (true, Beside::Perhaps(path) | Beside::Certainly(path)) = (plan.mode.has_canned_services(), &flow.tests)
        {
            lines.push(if path.exists() {
                format!("  services         canned, from {}", path.display())
            } else {
                format!("  services         real: there is no {}", path.display())
            });
        }
    }
    if plan.mode == Mode::Simulated {
        lines.push("the telephone network is simulated: nobody is phoned".to_owned());
    }
    if plan.account.tokens.is_empty() {
        lines.push("webhooks are not checked: TWILIO_AUTH_TOKEN is not set".to_owned());
    }
    let kept = plan.store.as_ref().map_or_else(|| "memory".to_owned(), |path| path.display().to_string());
    lines.push(format!("sessions in {kept}"));
    lines.push(format!("listening on {local_url}"));
    lines.push(String::new());
    lines.join("\n")
}
