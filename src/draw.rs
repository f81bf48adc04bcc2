//! The graph as people look at it: steps that do not wait drawn as one, in groups by scene.
//!
//! ```text
//! draw      the chart: groups, blocks, rows, exits and lines
//! chains    which nodes are drawn as one, and in which group
//! blocks    the blocks, and how the ways between them are shown
//! rows      what stands in a block
//! text json mermaid dot svg   the formats
//! ```
//!
//! A chart holds every node that a call can come to, and every way out of it, once: as a line between two blocks of a
//! group, or as an exit of a block, which only names where it leads. Exits are what would be long or crossing lines:
//! into other scenes and rules, back to a step, and to the step itself. `anywhere` keys are told once for the whole.

mod blocks;
mod chains;
mod dot;
mod json;
mod mermaid;
mod rows;
mod svg;
mod text;

use std::collections::HashMap;

use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId};
use crate::program::Program;
use crate::prose::Prose;
use crate::types::Name;

pub use dot::dot;
pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use text::text;

/// A graph made ready to be drawn.
#[derive(Debug)]
pub struct Chart<'a> {
    /// What is drawn.
    pub graph: &'a Graph,
    /// In the order of the conversation; rules come last.
    pub groups: Vec<Group>,
    /// In the order of their groups.
    pub blocks: Vec<Block>,
    /// The `anywhere` keys with the block that each leads to.
    pub anywhere: Vec<(char, usize)>,
    prose: Prose<'a>,
    /// The block of each node.
    block_of: HashMap<NodeId, usize>,
}

/// A scene, or what is outside of scenes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// `scene main`, `a call begins`, `rules`.
    pub title: String,
    /// The scene's name, if it is one.
    pub scene: Option<Name>,
    /// Its blocks, indices into the chart's.
    pub blocks: Vec<usize>,
}

/// Nodes that are drawn as one: only the last of them may wait, and nothing leads into the middle.
#[derive(Debug, Clone)]
pub struct Block {
    /// In order; never empty.
    pub nodes: Vec<NodeId>,
    /// Which group it is in.
    pub group: usize,
    /// What it is called inside of its group: `take`, `menu/1/say`.
    pub name: String,
    /// What kind of step it ends in.
    pub kind: Kind,
    /// Whether it belongs to the part of somebody who was phoned.
    pub callee: bool,
    /// Where it is entered: `on error`, `anywhere *`; none of what is entered from another block only.
    pub entry: Option<String>,
    /// What happens, line by line.
    pub rows: Vec<Row>,
    /// The ways to other blocks of the group, drawn as lines.
    pub lines: Vec<Line>,
    /// The ways that only name where they lead.
    pub exits: Vec<Exit>,
}

/// Kinds of blocks, by the step that they end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Speaks, or does something that is over at once.
    Plain,
    /// Waits for a person: keys, a recording, somebody who is phoned.
    Person,
    /// Waits for something that comes by itself.
    Wait,
    /// Asks a service.
    Ask,
    /// Changes something by a service.
    Send,
    /// Chooses.
    Choice,
    /// Leaves for another scene, and nothing else.
    Leave,
    /// Ends the call, or a leg.
    End,
}

/// A line in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it says.
    pub text: String,
    /// Whether it only tells more about the row before.
    pub detail: bool,
    /// The way that it stands for: into a scene, back to a step.
    pub way: Option<(NodeId, Way)>,
}

/// Ways to another block of the group; those that differ only in their names are one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The ways.
    pub ways: Vec<(NodeId, Way)>,
    /// What is written at it; empty if there is nothing to tell apart.
    pub label: String,
    /// How a key is announced: `for opening hours.`
    pub announced: Option<String>,
    /// Whether it is taken when something failed.
    pub failure: bool,
    /// The block it leads to.
    pub to: usize,
}

/// Ways that only name where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// The ways.
    pub ways: Vec<(NodeId, Way)>,
    /// What is written at it.
    pub label: String,
    /// Whether it is taken when something failed.
    pub failure: bool,
    /// The block it leads to.
    pub to: usize,
    /// How that is called from here: `on error`, `take`.
    pub target: String,
    /// Whether it leads back, to a step that comes before or to the step itself.
    pub back: bool,
}

impl<'a> Chart<'a> {
    /// The chart of a flow.
    #[must_use]
    pub fn of(program: &'a Program, graph: &'a Graph) -> Self {
        blocks::chart(program, graph)
    }

    /// The block that a node is drawn in; none if no way leads to it. A node that does nothing but go on is drawn in
    /// the block it leads to.
    #[must_use]
    pub fn block_of(&self, node: NodeId) -> Option<usize> {
        self.block_of.get(&node).copied()
    }

    /// What is shown of where a block is entered: of a rule its name. That of a scene is the title of its group.
    #[must_use]
    pub fn shown_entry<'b>(&self, block: &'b Block) -> Option<&'b str> {
        let group = self.groups.get(block.group).filter(|group| group.scene.is_none())?;
        block.entry.as_deref().filter(|entry| *entry != group.title)
    }

    /// The block that a way leads to.
    #[must_use]
    pub fn leads_to(&self, (id, way): (NodeId, Way)) -> Option<usize> {
        let ways = self.graph.ways(id);
        let (_, to) = ways.into_iter().find(|(known, _)| *known == way)?;
        self.block_of(to)
    }

    /// The block with this index.
    #[must_use]
    pub fn block(&self, index: usize) -> Option<&Block> {
        self.blocks.get(index)
    }
}

#[cfg(test)]
mod tests;
