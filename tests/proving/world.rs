//! People, their devices and their groups, in the shapes of the xMatters REST API.
//!
//! The shapes follow <https://help.xmatters.com/xmapi/>: paging fields around every list, links, and more fields than
//! anybody reads.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::sentence;

/// What xMatters knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    people: BTreeMap<String, Person>,
    /// By name; the shifts of each.
    groups: BTreeMap<String, Vec<Shift>>,
}

#[derive(Debug, Clone)]
struct Person {
    first: String,
    last: String,
    devices: Vec<Device>,
    status: &'static str,
}

#[derive(Debug, Clone)]
struct Device {
    kind: String,
    address: Option<String>,
}

/// The members of a shift; none: the field is missing, as of a group without members.
type Shift = Option<Vec<Member>>;

#[derive(Debug, Clone)]
struct Member {
    who: Who,
    status: &'static str,
    absences: Vec<Absence>,
}

#[derive(Debug, Clone)]
enum Who {
    Person(String),
    Group(String),
    Team(String),
    Device { kind: String, address: Option<String>, owner: String },
}

#[derive(Debug, Clone)]
struct Absence {
    kind: String,
    from: i64,
    to: i64,
    replacement: Option<String>,
}

impl World {
    /// Ann to Eve, each with an e-mail address and a phone. Groups nobody speaks of have ann on call.
    pub(crate) fn new() -> Self {
        let mut world = Self::default();
        let names =
            [("ann", "Ann Lee"), ("bob", "Bob Roy"), ("carl", "Carl Diaz"), ("dora", "Dora Eng"), ("eve", "Eve Kim")];
        for (number, (id, name)) in names.into_iter().enumerate() {
            world.person(id, name, &format!("email, voice {}", number_of(number))).unwrap();
        }
        world
    }

    /// `voice +1…`, `voice` (without a number), `email`, `sms +1…`, or `nothing`, with commas between them; `inactive`
    /// in front makes the person inactive.
    pub(crate) fn person(&mut self, id: &str, name: &str, devices: &str) -> Result<(), String> {
        let (first, last) = name.split_once(' ').ok_or("a person has a first and a last name")?;
        let (status, devices) = match devices.strip_prefix("inactive, ") {
            Some(devices) => ("INACTIVE", devices),
            None => ("ACTIVE", devices),
        };
        let devices = devices.split(',').map(str::trim).filter(|device| *device != "nothing");
        let devices = devices.map(|device| {
            let (kind, address) =
                device.split_once(' ').map_or((device, None), |(kind, address)| (kind, Some(address)));
            Ok(Device { kind: device_type(kind)?.to_owned(), address: address.map(str::to_owned) })
        });
        let devices = devices.collect::<Result<_, String>>()?;
        let person = Person { first: first.to_owned(), last: last.to_owned(), devices, status };
        self.people.insert(id.to_owned(), person);
        Ok(())
    }

    /// The number of somebody's first phone.
    pub(crate) fn number(&self, id: &str) -> Option<String> {
        let voice = self.people.get(id)?.devices.iter().find(|device| device.kind == "VOICE")?;
        voice.address.clone()
    }

    /// Who is on call. Shifts have `|` between them; members are
    ///
    /// ```text
    /// ann                                             inactive ann
    /// ann absent from -1d to +2h replaced by bob      (… as VACANCY, … and absent from …)
    /// group Core        group "Data Base"             inactive group Core
    /// voice +15557770009 of dora                      email of dora
    /// team Everybody                                  (a dynamic team)
    /// ```
    ///
    /// `nobody` is a shift without members, `no shift` no shift, `no members` a shift without the field.
    pub(crate) fn on_call(&mut self, group: &str, shifts: &str) -> Result<(), String> {
        let shifts = match shifts.trim() {
            "no shift" => Vec::new(),
            shifts => shifts.split('|').map(shift).collect::<Result<_, String>>()?,
        };
        self.groups.insert(group.to_owned(), shifts);
        Ok(())
    }

    fn shifts(&self, group: &str) -> Vec<Shift> {
        let usual = || vec![shift("ann").unwrap()];
        self.groups.get(group).cloned().unwrap_or_else(usual)
    }

    /// `GET /people/{id}/devices`; none if nobody has this id.
    pub(crate) fn devices(&self, id: &str) -> Option<Value> {
        let person = self.people.get(id)?;
        let devices = person.devices.iter().enumerate();
        let devices = devices.map(|(place, device)| device.json(id, Some(&person.json(id)), place));
        Some(page(&devices.collect::<Vec<_>>(), &format!("/api/xm/1/people/{id}/devices")))
    }

    /// `GET /on-call?groups={group}`.
    pub(crate) fn on_call_of(&self, group: &str, now: Timestamp) -> Value {
        let shifts = self.shifts(group).into_iter().enumerate().map(|(place, members)| {
            let mut shift = json!({
                "group": { "id": uuid(group), "targetName": group, "recipientType": "GROUP", "groupType": "ON_CALL",
                           "links": { "self": format!("/api/xm/1/groups/{}", uuid(group)) } },
                "shift": { "id": uuid(&format!("{group}/{place}")), "group": { "id": uuid(group), "targetName": group },
                           "name": format!("Shift {}", place + 1),
                           "links": { "self": format!("/api/xm/1/groups/{}/shifts/{place}", uuid(group)) } },
                "start": "2026-01-01T00:00:00.000Z", "end": "2027-01-01T00:00:00.000Z",
            });
            if let Some(members) = members {
                let seats = members.iter().enumerate().map(|(place, member)| self.seat(member, place, now));
                shift["members"] = page(&seats.collect::<Vec<_>>(), "/api/xm/1/on-call");
            }
            shift
        });
        page(&shifts.collect::<Vec<_>>(), "/api/xm/1/on-call")
    }

    /// `GET /on-call-summary?groups={group}`: one entry for everybody who is on call.
    pub(crate) fn summary(&self, group: &str) -> Value {
        let members = self.shifts(group).into_iter().flatten().flatten();
        let entries = members.map(|member| {
            json!({ "group": { "id": uuid(group), "targetName": group, "recipientType": "GROUP" },
                    "shift": { "name": "Shift 1" }, "position": 1, "recipient": self.recipient(&member) })
        });
        Value::Array(entries.collect())
    }

    fn seat(&self, member: &Member, place: usize, now: Timestamp) -> Value {
        let mut seat = json!({ "position": place + 1, "delay": 0, "escalationType": "Peer", "inRotation": true,
                               "member": self.recipient(member) });
        if !member.absences.is_empty() {
            let absences = member.absences.iter().map(|absence| self.absence(absence, now));
            seat["absences"] = page(&absences.collect::<Vec<_>>(), "/api/xm/1/temporary-absences");
        }
        seat
    }

    fn recipient(&self, member: &Member) -> Value {
        let mut recipient = match &member.who {
            Who::Person(id) => self.person_json(id),
            Who::Device { kind, address, owner } => {
                let device = Device { kind: kind.clone(), address: address.clone() };
                device.json(owner, Some(&self.person_json(owner)), 0)
            }
            Who::Group(name) => json!({ "id": uuid(name), "targetName": name, "recipientType": "GROUP" }),
            Who::Team(name) => json!({ "id": uuid(name), "targetName": name, "recipientType": "DYNAMIC_TEAM" }),
        };
        recipient["status"] = json!(member.status);
        recipient
    }

    fn absence(&self, absence: &Absence, now: Timestamp) -> Value {
        let at =
            |seconds: i64| (now + SignedDuration::from_secs(seconds)).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let mut json = json!({ "id": uuid(&absence.kind), "absenceType": absence.kind,
                               "start": at(absence.from), "end": at(absence.to), "includeDirectNotifications": true });
        if let Some(replacement) = &absence.replacement {
            json["replacement"] = self.person_json(replacement);
        }
        json
    }

    fn person_json(&self, id: &str) -> Value {
        self.people.get(id).map_or_else(|| panic!("xMatters has no {id}"), |person| person.json(id))
    }
}

impl Person {
    fn json(&self, id: &str) -> Value {
        json!({ "id": uuid(id), "targetName": id, "firstName": self.first, "lastName": self.last,
                "recipientType": "PERSON", "status": self.status, "externallyOwned": false, "language": "en",
                "timezone": "US/Pacific", "webLogin": id, "site": { "id": uuid("site"), "name": "Default Site" },
                "links": { "self": format!("/api/xm/1/people/{}", uuid(id)) } })
    }
}

impl Device {
    fn json(&self, owner: &str, person: Option<&Value>, place: usize) -> Value {
        let name = if self.kind == "VOICE" { "Work Phone" } else { "Work Email" };
        let mut device = json!({
            "id": uuid(&format!("{owner}/{place}")), "name": name, "targetName": format!("{owner}|{name}"),
            "deviceType": self.kind, "recipientType": "DEVICE", "status": "ACTIVE", "testStatus": "TESTED",
            "defaultDevice": true, "externallyOwned": false, "priorityThreshold": "LOW", "sequence": place + 1, "delay": 0,
            "provider": { "id": "(x)matters Gateway" }, "links": { "self": format!("/api/xm/1/devices/{place}") },
        });
        let field = if self.kind == "EMAIL" { "emailAddress" } else { "phoneNumber" };
        if let Some(address) = &self.address {
            device[field] = json!(address);
        }
        if let Some(person) = person {
            device["owner"] = person.clone();
        }
        device
    }
}

/// A list as xMatters pages it.
pub(crate) fn page(data: &[Value], path: &str) -> Value {
    json!({ "count": data.len(), "total": data.len(), "data": data,
            "links": { "self": format!("{path}?offset=0&limit=100") } })
}

fn number_of(person: usize) -> String {
    format!("+1555777000{}", person + 1)
}

/// Something that looks like the ids of xMatters and is the same for the same name.
fn uuid(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:08x}-0000-4000-8000-{:012x}", hash >> 32, hash & 0xffff_ffff_ffff)
}

fn device_type(kind: &str) -> Result<&'static str, String> {
    match kind {
        "voice" => Ok("VOICE"),
        "email" => Ok("EMAIL"),
        "sms" => Ok("TEXT_PHONE"),
        other => Err(format!("no device of xMatters is called `{other}`")),
    }
}

fn shift(members: &str) -> Result<Shift, String> {
    match members.trim() {
        "no members" => Ok(None),
        "nobody" => Ok(Some(Vec::new())),
        members => members.split(',').map(|text| member(text.trim())).collect::<Result<_, _>>().map(Some),
    }
}

fn member(text: &str) -> Result<Member, String> {
    let (status, text) = match text.strip_prefix("inactive ") {
        Some(text) => ("INACTIVE", text),
        None => ("ACTIVE", text),
    };
    let (who, absences) = text.split_once(" absent ").map_or((text, None), |(who, rest)| (who, Some(rest)));
    let absences = absences.map(|list| list.split(" and absent ").map(absence).collect::<Result<_, _>>());
    let who = if let Some(name) = who.strip_prefix("group ") {
        Who::Group(name.trim_matches('"').to_owned())
    } else if let Some(name) = who.strip_prefix("team ") {
        Who::Team(name.to_owned())
    } else if let Some((device, owner)) = who.split_once(" of ") {
        let (kind, address) = device.split_once(' ').map_or((device, None), |(kind, number)| (kind, Some(number)));
        let (kind, address) = (device_type(kind)?.to_owned(), address.map(str::to_owned));
        Who::Device { kind, address, owner: owner.to_owned() }
    } else if who.contains(' ') {
        return Err(format!("nobody in xMatters is called `{who}`"));
    } else {
        Who::Person(who.to_owned())
    };
    Ok(Member { who, status, absences: absences.transpose()?.unwrap_or_default() })
}

/// `from -1d to +2h [replaced by bob] [as VACANCY]`.
fn absence(text: &str) -> Result<Absence, String> {
    let (text, kind) = text.split_once(" as ").unwrap_or((text, "TEMPORARY"));
    let (text, replacement) = text.split_once(" replaced by ").map_or((text, None), |(text, who)| (text, Some(who)));
    let span = text.strip_prefix("from ").and_then(|span| span.split_once(" to "));
    let (from, to) = span
        .and_then(|(from, to)| Some((offset(from)?, offset(to)?)))
        .ok_or_else(|| format!("`{text}` is no absence: `from -1d to +2h` is one"))?;
    Ok(Absence { kind: kind.to_owned(), from, to, replacement: replacement.map(str::to_owned) })
}

fn offset(text: &str) -> Option<i64> {
    let (sign, length) = match text.split_at_checked(1)? {
        ("-", length) => (-1, length),
        ("+", length) => (1, length),
        _ => return (text == "now").then_some(0),
    };
    Some(sign * i64::try_from(sentence::time(length)?.as_secs()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::World;

    #[test]
    fn the_sentences_about_a_group_become_its_json() {
        let mut world = World::new();
        let text =
            "bob absent from -1d to +2h replaced by carl as VACATION, group \"Data Base\" | voice +15557770009 of dora";
        world.on_call("Network", text).unwrap();
        let json = world.on_call_of("Network", "2026-03-02T14:00:00Z".parse().unwrap());
        let bob = &json["data"][0]["members"]["data"][0];
        assert_eq!((&bob["member"]["targetName"], &bob["member"]["status"]), (&"bob".into(), &"ACTIVE".into()));
        let absence = &bob["absences"]["data"][0];
        assert_eq!(
            (&absence["start"], &absence["absenceType"]),
            (&"2026-03-01T14:00:00.000Z".into(), &"VACATION".into())
        );
        assert_eq!(absence["replacement"]["firstName"], "Carl");
        assert_eq!(json["data"][0]["members"]["data"][1]["member"]["targetName"], "Data Base");
        let device = &json["data"][1]["members"]["data"][0]["member"];
        assert_eq!((&device["phoneNumber"], &device["owner"]["lastName"]), (&"+15557770009".into(), &"Eng".into()));
        assert_eq!(world.summary("Network").as_array().unwrap().len(), 3);
        assert!(world.devices("nobody").is_none());
        assert_eq!(world.devices("ann").unwrap()["data"][1]["phoneNumber"], "+15557770001");
        assert_eq!(world.number("eve").as_deref(), Some("+15557770005"));
    }
}
