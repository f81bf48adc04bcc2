mod flows;
mod pictures;

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::Chart;
use crate::compile::{self, Compilation, Inputs};
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

const EVERYTHING: &str = include_str!("../../tests/cases/tools/everything.ivr");
const XMATTERS: &str = include_str!("../../flows/xmatters.ivr");
const HELLO: &str = include_str!("../../examples/hello.ivr");
const ONCALL: &str = include_str!("../../tests/cases/syntax/ok/oncall.ivr");

fn compiled(flow: &str, text: &str) -> Compilation {
    let (purpose, plain_http) = (Purpose::Check, PlainHttp::Never);
    let conditions = Conditions { purpose, plain_http, environment: Environment::default(), directory: PathBuf::new() };
    let compilation = compile::compile(Inputs::alone(flow, text), &conditions);
    assert!(compilation.line.is_some(), "{text}\n{:?}", compilation.diagnostics);
    compilation
}

fn with_chart<T>(compilation: &Compilation, look: impl FnOnce(&Chart<'_>) -> T) -> T {
    let (program, line) = (compilation.program.as_ref().unwrap(), compilation.line.as_ref().unwrap());
    look(&Chart::of(program, &line.graph))
}

/// Every way that is to be drawn, with how often it is: those of nodes that do something, `anywhere` keys and what goes
/// on inside of a block aside.
fn wanted(chart: &Chart<'_>) -> BTreeMap<(NodeId, Way), usize> {
    let mut ways = BTreeMap::new();
    for block in &chart.blocks {
        for (n, id) in block.nodes.iter().enumerate() {
            let all = chart.graph.ways(*id).into_iter().map(|(way, _)| way);
            let inside = |way: &Way| *way == Way::Next && n + 1 < block.nodes.len();
            let shown = all.filter(|way| !matches!(way, Way::Anywhere(_)) && !inside(way));
            ways.extend(shown.map(|way| ((*id, way), 1)));
        }
    }
    ways
}

fn drawn(chart: &Chart<'_>) -> BTreeMap<(NodeId, Way), usize> {
    let mut ways = BTreeMap::new();
    for block in &chart.blocks {
        let lines = block.lines.iter().flat_map(|line| line.ways.clone());
        let exits = block.exits.iter().flat_map(|exit| exit.ways.clone());
        let rows = block.rows.iter().filter_map(|row| row.way);
        lines.chain(exits).chain(rows).for_each(|way| *ways.entry(way).or_default() += 1);
    }
    ways
}

/// A chart has every node and every way once, and its lines make no circle.
fn sound(chart: &Chart<'_>) {
    let reachable = chart.graph.reachable();
    for id in &reachable {
        let block = chart.block_of(*id).unwrap_or_else(|| panic!("{:?} is nowhere", chart.graph.node(*id)));
        let node = chart.graph.node(*id).unwrap();
        let there = chart.blocks.iter().filter(|block| block.nodes.contains(id)).count();
        assert_eq!(there, usize::from(!super::chains::is_silent(&node.op)), "{}", node.name);
        assert!(block < chart.blocks.len());
    }
    assert_eq!(drawn(chart), wanted(chart));
    for (index, block) in chart.blocks.iter().enumerate() {
        assert!(block.nodes.iter().all(|id| reachable.contains(id)));
        assert!(chart.groups[block.group].blocks.contains(&index));
        for line in &block.lines {
            assert_eq!(chart.blocks[line.to].group, block.group, "a line stays in its group");
        }
    }
    let mut left: Vec<usize> = (0..chart.blocks.len()).collect();
    while !left.is_empty() {
        let before = left.len();
        let leads_there = |to: usize, left: &[usize]| {
            left.iter().any(|from| chart.blocks[*from].lines.iter().any(|line| line.to == to))
        };
        left = left.iter().copied().filter(|block| leads_there(*block, &left)).collect();
        assert!(left.len() < before, "lines in a circle: {left:?}");
    }
}

#[test]
fn every_node_and_every_way_is_drawn_once() {
    for text in [HELLO, XMATTERS, EVERYTHING, ONCALL] {
        with_chart(&compiled("desk", text), sound);
    }
}

#[test]
fn listings_and_drawings_of_the_example_and_of_a_flow_with_everything() {
    for (flow, text) in [("hello", HELLO), ("everything", EVERYTHING)] {
        let compilation = compiled(flow, text);
        with_chart(&compilation, |chart| {
            insta::assert_snapshot!(format!("{flow}_text"), super::text(chart));
            insta::assert_snapshot!(format!("{flow}_mermaid"), super::mermaid(chart));
            insta::assert_snapshot!(format!("{flow}_dot"), super::dot(chart));
        });
    }
    let compilation = compiled("hello", HELLO);
    with_chart(&compilation, |chart| {
        insta::assert_snapshot!("hello_json", super::json(chart, &compilation.sources));
        insta::assert_snapshot!("hello_svg", super::svg(chart));
    });
}

fn ids_and_ways(graph: &Graph) -> Vec<(u32, Vec<String>)> {
    let ways = |id: NodeId| graph.ways(id).into_iter().map(|(way, to)| format!("{way} {}", to.0)).collect();
    graph.reachable().into_iter().map(|id| (id.0, ways(id))).collect()
}

#[test]
fn the_json_is_the_graph() {
    for text in [HELLO, XMATTERS, EVERYTHING, ONCALL] {
        let compilation = compiled("desk", text);
        let json: Json =
            with_chart(&compilation, |chart| serde_json::from_str(&super::json(chart, &compilation.sources)).unwrap());
        let graph = &compilation.line.as_ref().unwrap().graph;
        let way = |way: &Json| format!("{} {}", way["way"].as_str().unwrap(), way["to"]);
        let node = |node: &Json| {
            let ways = node["ways"].as_array().unwrap().iter().map(way).collect();
            (u32::try_from(node["id"].as_u64().unwrap()).unwrap(), ways)
        };
        let nodes: Vec<_> = json["nodes"].as_array().unwrap().iter().map(node).collect();
        assert_eq!(nodes, ids_and_ways(graph));
        assert_eq!(json["entry"], graph.entry.0);
    }
    let compilation = compiled("desk", EVERYTHING);
    let json: Json =
        with_chart(&compilation, |chart| serde_json::from_str(&super::json(chart, &compilation.sources)).unwrap());
    let node = |name: &str| json["nodes"].as_array().unwrap().iter().find(|node| node["name"] == name).unwrap().clone();
    let menu = node("main/menu");
    assert_eq!(
        (menu["kind"].as_str(), menu["scene"].as_str(), menu["waits"].as_bool()),
        (Some("menu"), Some("main"), Some(true))
    );
    assert_eq!(menu["place"], serde_json::json!({ "file": "desk.ivr", "line": 73, "column": 3 }));
    assert_eq!(
        (menu["phrase"].as_str(), menu["words"][1].as_str()),
        (Some("question"), Some("Once more: what is it about?"))
    );
    assert_eq!(node("reach/escalate/callee hears/menu")["callee"], true);
}

#[test]
fn what_no_call_can_come_to_is_not_drawn() {
    let flow = "scene main { hang up }\nscene cellar { say \"Nobody hears this.\"; hang up }";
    let text = with_chart(&compiled("desk", flow), |chart| {
        sound(chart);
        super::text(chart) + &super::svg(chart) + &super::dot(chart)
    });
    assert!(!text.contains("cellar") && !text.contains("Nobody"), "{text}");
}

#[test]
fn scenes_that_are_called_like_rules_are_no_rules() {
    let flow = "on silence => say \"Hm?\"
                scene main { menu \"a\" { 1 => apology; 2 => end; 3 => admit } }
                scene apology { say \"b\"; hang up }  scene end { say \"c\"; hang up }  scene admit { say \"d\"; hang up }";
    with_chart(&compiled("desk", flow), |chart| {
        sound(chart);
        let titles: Vec<&str> = chart.groups.iter().map(|group| group.title.as_str()).collect();
        assert_eq!(titles, ["a call begins", "scene main", "scene apology", "scene end", "scene admit", "rules"]);
        assert!(chart.groups.iter().all(|group| group.scene.is_none() || !group.blocks.is_empty()));
    });
}

#[test]
fn anywhere_keys_are_drawn_once() {
    with_chart(&compiled("desk", EVERYTHING), |chart| {
        let keys: Vec<char> = chart.anywhere.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ['*', '#']);
        for (text, sign) in [
            (super::text(chart), "* in every step"),
            (super::svg(chart), ">* in every step"),
            (super::mermaid(chart), "|\"#42;\"|"),
        ] {
            assert_eq!(text.matches(sign).count(), 1);
        }
    });
}

#[test]
fn a_picture_holds_texts_in_boxes_and_boxes_apart() {
    for text in [HELLO, XMATTERS, EVERYTHING, ONCALL] {
        with_chart(&compiled("desk", text), |chart| pictures::sound(chart, &super::svg(chart)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_a_flow_is_its_drawings_are_sound(flow in flows::flow()) {
        let compilation = compiled("desk", &flow);
        with_chart(&compilation, |chart| {
            sound(chart);
            pictures::sound(chart, &super::svg(chart));
            let dot = super::dot(chart);
            assert_eq!(dot.matches(" -> ").count(), super::mermaid(chart).matches("->").count());
            serde_json::from_str::<Json>(&super::json(chart, &compilation.sources)).unwrap();
            assert!(super::text(chart).starts_with("desk\n"));
        });
    }
}
