//! Where secrets go, and that they are nowhere else.

use std::path::PathBuf;

use super::super::facts;
use super::super::facts::Secret;
use crate::compile::{Compilation, Inputs, Text, compile};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

const FLOW: &str = r#"
settings {
  one_url, two_url: url
  secret user, password, token, key: text
  secret path: path
  secret unused: text?
}
service one at one_url, basic user: password, header "X-Key" "k {{key}}" {
  get read(x: text) "/read?k={{x}}" gives text
  post write(x: text) "/write" json { x: x, key: key }
}
service two at two_url, bearer token { post start() "{{path}}/s" json { a: "b" } }
scene main {
  if unused is none { say "Not set." }
  say "One moment."
  let a = one.read("a") else { hang up }
  send one.write(a) else {}
  send two.start() else {}
  say a
  hang up
}
"#;

fn compiled() -> Compilation {
    let secrets = ["USER", "PASSWORD", "TOKEN", "PATH", "KEY", "UNUSED"];
    let variables = secrets.map(|name| (format!("IVR_TEST_{name}"), format!("/valueOf{name}")));
    let inputs = Inputs {
        settings: Some(Text {
            name: "test.toml".into(),
            text: "one_url = \"https://one.example\"\ntwo_url = \"https://two.example\"".into(),
        }),
        ..Inputs::alone("test", FLOW)
    };
    let conditions = Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::new(variables),
        directory: PathBuf::new(),
    };
    compile(inputs, &conditions)
}

/// The engine has nothing but the graph: it can neither speak, store nor log what is not in there.
#[test]
fn the_graph_holds_no_secret() {
    let compiled = compiled();
    assert_eq!(compiled.diagnostics.iter().collect::<Vec<_>>(), Vec::<&crate::diagnostic::Diagnostic>::new());
    let line = compiled.line.as_ref().unwrap();
    let shown = format!("{:?}", line.graph);
    assert!(shown.contains("https://one.example") && !shown.contains("valueOf"), "{shown}");
}

#[test]
fn each_secret_goes_where_the_facts_say() {
    let compiled = compiled();
    let line = compiled.line.as_ref().unwrap();
    let facts = facts(compiled.program.as_ref().unwrap(), &line.graph, &compiled.sources).unwrap();
    let secret = |name: &str, to: &str, operations: &[(&str, &str)]| Secret {
        name: name.into(),
        to: Some(to.into()).filter(|to: &String| !to.is_empty()),
        operations: operations.iter().map(|(name, role)| ((*name).to_owned(), (*role).to_owned())).collect(),
    };
    let wanted = [
        secret("user", "one_url", &[("one.read", "basic"), ("one.write", "basic")]),
        secret("password", "one_url", &[("one.read", "basic"), ("one.write", "basic")]),
        secret("token", "two_url", &[("two.start", "bearer")]),
        secret("key", "one_url", &[("one.read", "header"), ("one.write", "header"), ("one.write", "body")]),
        secret("path", "two_url", &[("two.start", "path")]),
        secret("unused", "", &[]),
    ];
    assert_eq!(facts.secrets, wanted);
}
