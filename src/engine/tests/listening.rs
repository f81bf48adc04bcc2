use super::{Phone, Then, well};

const BAKERY: &str = r#"
listen 10s, 3 tries
on silence => say "Are you there?" then "Hello?"
on invalid => say "No such key."
anywhere * { say "Again."; => main }
scene main {
  menu "How can we help?" then "Please choose." {
    1 "for bread." => bread
    2 "for cake."  => cake
  }
}
scene bread { say "Bread."; hang up }
scene cake { let n = pick [1, 2] asking "How many?" ; say "Cake {{n}}."; hang up }
"#;

#[test]
fn a_menu_is_composed_and_repeated_in_its_second_wording() {
    let mut phone = Phone::on(BAKERY).begins();
    phone.hears_only("How can we help? Press 1 for bread. Press 2 for cake.");
    assert_eq!(*phone.then(), Then::Listen { digits: 1, within: 10_000 });
    phone.is_silent().hears_only("Are you there? Please choose. Press 1 for bread. Press 2 for cake.");
    phone.presses('9').hears_only("No such key. Please choose. Press 1 for bread. Press 2 for cake.");
    phone.is_silent().hears_only("Goodbye.");
    assert_eq!(*phone.then(), Then::HangUp);
    assert!(phone.session.over);
}

#[test]
fn star_goes_back_and_tries_begin_at_one() {
    let mut phone = Phone::on(BAKERY).begins();
    phone.is_silent();
    phone.presses('*').hears_only("Again. How can we help? Press 1 for bread. Press 2 for cake.");
    phone.presses('2').hears_only("How many? Press 1 for 1. Press 2 for 2.");
    phone.presses('2').hears_only("Cake 2.");
}

#[test]
fn a_leg_that_asks_again_hears_the_same_try() {
    let mut phone = Phone::on(BAKERY).begins();
    phone.is_silent();
    phone.goes_on().hears_only("Please choose. Press 1 for bread. Press 2 for cake.");
    phone.restarts().goes_on().hears_only("Please choose. Press 1 for bread. Press 2 for cake.");
}

#[test]
fn digits_follow_the_list() {
    let mut phone = Phone::on_xmatters("alert_types = [\"Livecall\", \"Alert\"]").served(well).begins();
    phone.hears(&["Press 1 to speak directly", "Press 2 to alert an xMatters group.", "Press star"]);
    phone.presses('3').hears(&["Invalid Digit", "Hey there"]);
    phone.presses('1').hears(&["speak directly with?", "Press 1 for C.A.B. Approval.", "Press 3 for Database"]);
}

#[test]
fn a_severity_is_picked_by_its_cell() {
    let mut phone = Phone::on_xmatters("").served(well).begins();
    phone.presses('3').hears_only("What severity is the incident, dial 1 to 5?");
    phone.presses('6').hears(&["Invalid Digit", "What severity"]);
    phone.presses('3').hears(&["invite to the incident?"]);
}

#[test]
fn a_repeated_prompt_forgets_none_of_its_scenes_names() {
    let text = r#"
on invalid => say "No such key."
scene main { => ask("bread") }
scene ask(what: text) { menu "Some {{what}}?" { 1 "please." { say "{{what}} it is."; hang up } } }
"#;
    let mut phone = Phone::on(text).begins();
    phone.presses('9').hears_only("No such key. Some bread? Press 1 please.");
    phone.is_silent().hears_only("Some bread? Press 1 please.");
    phone.restarts().presses('1').hears_only("bread it is.");
}
