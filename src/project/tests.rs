use std::path::{Path, PathBuf};

use super::{Beside, Project, files, find, look, read, save};

/// A directory of a test's own, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("ivrc-project-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Left behind, it would only take space.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn settings_and_tests_stand_beside_the_flow() {
    let directory = Directory::new("beside");
    let flow = directory.file("line.ivr", b"scene main { hang up }");
    directory.file("line.test.ivr", b"clock \"2026-03-01T12:00:00Z\"");
    let project = Project::of(&flow).unwrap();
    let inputs = project.load(&["line".to_owned()]).unwrap();
    assert_eq!((inputs.flow.as_str(), inputs.source.text.as_str()), ("line", "scene main { hang up }"));
    assert_eq!(inputs.source.name, flow.display().to_string());
    assert!(inputs.settings.is_none() && inputs.given.is_some());
    assert_eq!(project.files().len(), 3);
    let alone = Project { tests: Beside::Not, ..project };
    assert!(alone.load(&[]).unwrap().given.is_none());
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let directory = Directory::new("mark");
    let flow = directory.file("line.ivr", "\u{feff}scene main { hang up }".as_bytes());
    let inputs = Project::of(&flow).unwrap().load(&[]).unwrap();
    assert_eq!(inputs.source.text, "scene main { hang up }");
}

#[test]
fn what_cannot_be_read_is_said_with_its_path() {
    let directory = Directory::new("unreadable");
    directory.file("xmatters.ivr", b"");
    let message = |path: &Path| {
        let trouble = Project::of(path).and_then(|project| project.load(&[])).unwrap_err();
        (trouble.message.replace(&directory.0.display().to_string(), "…"), trouble.help)
    };
    let (text, help) = message(&directory.0.join("xmaters.ivr"));
    assert_eq!(text, "cannot read `…/xmaters.ivr`: there is no such file");
    assert!(help.unwrap().ends_with("xmatters.ivr`?"));
    let latin = directory.file("latin.ivr", b"scene main { say \"\xe9\" }");
    assert_eq!(message(&latin).0, "cannot read `…/latin.ivr`: it is not UTF-8");
    std::fs::create_dir_all(directory.0.join("dir.ivr")).unwrap();
    assert_eq!(message(&directory.0.join("dir.ivr")).0, "cannot read `…/dir.ivr`: it is a directory");
    assert_eq!(message(&directory.0.join("line.txt")).0, "`…/line.txt` is not the name of a flow");
    assert!(message(&directory.0.join("1 line.ivr")).1.unwrap().starts_with("begin with a letter"));
    let (text, help) = message(&directory.0.join("xmatters.test.ivr"));
    assert_eq!(text, "`…/xmatters.test.ivr` holds tests, not a flow");
    assert!(help.unwrap().ends_with("/xmatters.ivr`"));
}

#[test]
fn settings_that_are_asked_for_must_be_there() {
    let directory = Directory::new("settings");
    let flow = directory.file("line.ivr", b"");
    let settings = Beside::Certainly(directory.0.join("other.toml"));
    let trouble = Project { settings, ..Project::of(&flow).unwrap() }.load(&[]).unwrap_err();
    assert!(trouble.message.ends_with("other.toml`: there is no such file"), "{trouble}");
}

#[test]
fn directories_are_searched_for_flows() {
    let directory = Directory::new("search");
    for file in ["b.ivr", "a.ivr", "a.test.ivr", "lost.test.ivr", "deep/c.ivr", ".hidden/d.ivr", "notes.txt"] {
        directory.file(file, b"");
    }
    let found = find(&[directory.0.clone(), directory.0.join("deep/../a.ivr")]).unwrap();
    let names: Vec<&str> = found.flows.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(found.orphans, [directory.0.join("lost.test.ivr")]);
    assert!(found.all_distinct().is_ok());
    directory.file("deep/a.ivr", b"");
    let found = find(std::slice::from_ref(&directory.0)).unwrap();
    assert!(found.all_distinct().unwrap_err().message.ends_with("are both called `a`"));
}

#[test]
fn a_search_that_finds_nothing_says_so() {
    let directory = Directory::new("nothing");
    assert!(find(std::slice::from_ref(&directory.0)).unwrap_err().message.starts_with("there is no flow in"));
    assert!(find(&[directory.0.join("no")]).unwrap_err().message.ends_with("there is no such file"));
}

#[test]
fn what_cannot_be_looked_at_does_not_hide_the_rest() {
    let directory = Directory::new("troubles");
    directory.file("all/good.ivr", b"");
    directory.file("all/my flow.ivr", b"");
    let found = look(&[directory.0.join("no.ivr"), directory.0.join("all")]);
    let names: Vec<&str> = found.flows.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names, ["good"]);
    assert_eq!(found.troubles.len(), 2);
    assert!(found.troubles[0].message.ends_with("there is no such file"), "{:?}", found.troubles);
    assert!(found.troubles[1].message.contains("cannot be served"), "{:?}", found.troubles);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_flow_is_a_flow_of_its_own() {
    let directory = Directory::new("links");
    let file = directory.file("a.ivr", b"");
    std::os::unix::fs::symlink(&file, directory.0.join("b.ivr")).unwrap();
    std::os::unix::fs::symlink(&directory.0, directory.0.join("again")).unwrap();
    let found = find(&[directory.0.clone(), directory.0.join("again/a.ivr")]).unwrap();
    let names: Vec<&str> = found.flows.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn files_are_flows_and_tests_alike() {
    let directory = Directory::new("files");
    for file in ["b.ivr", "a.ivr", "a.test.ivr", "deep/c.ivr", ".hidden/d.ivr", "notes.txt"] {
        directory.file(file, b"");
    }
    let found = files(&[directory.0.join("deep/../b.ivr"), directory.0.clone()]).unwrap();
    let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["b.ivr", "a.ivr", "a.test.ivr", "c.ivr"]);
    let message = |path: &str| files(&[directory.0.join(path)]).unwrap_err().message;
    assert!(message("notes.txt").ends_with("notes.txt` is not the name of a flow"));
    assert!(message("no.ivr").ends_with("there is no such file"));
    std::fs::create_dir(directory.0.join("empty")).unwrap();
    assert!(message("empty").starts_with("there is no flow in"));
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_as_a_whole_and_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let directory = Directory::new("save");
    let file = directory.file("line.ivr", b"old");
    let link = directory.0.join("link.ivr");
    symlink("line.ivr", &link).unwrap();
    let mode = |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
    mode(0o640);
    // Whoever has it open goes on with the old text.
    let mut open = std::fs::File::open(&file).unwrap();
    save(&link, "new").unwrap();
    assert_eq!(std::io::read_to_string(&mut open).unwrap(), "old");
    assert_eq!(read(&file).unwrap().text, "new");
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    mode(0o440);
    assert!(save(&file, "newer").unwrap_err().message.ends_with("may not be written"));
    assert_eq!(read(&file).unwrap().text, "new");
    assert_eq!(std::fs::read_dir(&directory.0).unwrap().count(), 2, "no draft is left");
}
