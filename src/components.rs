//! Strongly connected components: what leads to each other, found in time that grows with the edges.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// The components of a graph whose nodes are `0..n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Components {
    /// Each behind those it leads to; the nodes of each in ascending order.
    pub groups: Vec<Vec<usize>>,
    /// By node, the index of its component.
    pub of: Vec<usize>,
}

impl Components {
    /// The components of the graph in which the n-th node leads to `edges[n]`. What lies outside is left out.
    #[must_use]
    pub fn new(edges: &[Vec<usize>]) -> Self {
        let mut graph = DiGraph::<(), (), usize>::default();
        edges.iter().for_each(|_| _ = graph.add_node(()));
        for (from, to) in edges.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |to| (from, *to))) {
            if to < edges.len() {
                graph.add_edge(from.into(), to.into(), ());
            }
        }
        // This one keeps its own stack, so that a chain may be long; the components come out as they are promised here.
        let mut groups: Vec<Vec<usize>> = kosaraju_scc(&graph)
            .into_iter()
            .map(|group| group.into_iter().map(petgraph::graph::NodeIndex::index).collect())
            .collect();
        let mut of = vec![usize::MAX; edges.len()];
        for (n, group) in groups.iter_mut().enumerate() {
            group.sort_unstable();
            for node in group.iter() {
                if let Some(place) = of.get_mut(*node) {
                    *place = n;
                }
            }
        }
        Self { groups, of }
    }

    /// The components that contain a cycle, each by its first node.
    pub fn cyclic<'a>(&'a self, edges: &'a [Vec<usize>]) -> impl Iterator<Item = usize> + 'a {
        let leads_to_itself = |node: usize| edges.get(node).is_some_and(|edges| edges.contains(&node));
        let groups = self.groups.iter().filter_map(|group| Some((*group.first()?, group.len())));
        groups.filter(move |(first, len)| *len > 1 || leads_to_itself(*first)).map(|(first, _)| first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Components;

    #[test]
    fn what_leads_to_each_other_is_together_and_comes_behind_what_it_leads_to() {
        let edges = vec![vec![1], vec![2, 3], vec![1], vec![3, 9], vec![0]];
        let components = Components::new(&edges);
        let mut groups = components.groups.clone();
        groups.sort();
        assert_eq!(groups, [vec![0], vec![1, 2], vec![3], vec![4]]);
        assert!(components.of[1] == components.of[2] && components.of[3] < components.of[1]);
        assert_eq!(components.cyclic(&edges).collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn a_chain_may_be_long() {
        let edges: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next]).collect();
        assert_eq!(Components::new(&edges).groups.len(), 200_000);
    }

    /// Whether one node is reached from another one.
    fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
        let (mut open, mut seen) = (vec![from], vec![false; edges.len()]);
        while let Some(at) = open.pop() {
            for next in &edges[at] {
                if *next == to {
                    return true;
                }
                if !std::mem::replace(&mut seen[*next], true) {
                    open.push(*next);
                }
            }
        }
        false
    }

    proptest! {
        #[test]
        fn together_is_who_leads_to_each_other(
            edges in (1_usize..12).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(0..n, 0..4), n))
        ) {
            let components = Components::new(&edges);
            for a in 0..edges.len() {
                for b in 0..edges.len() {
                    let together = a == b || reaches(&edges, a, b) && reaches(&edges, b, a);
                    prop_assert_eq!(components.of[a] == components.of[b], together);
                    if reaches(&edges, a, b) {
                        prop_assert!(components.of[b] <= components.of[a]);
                    }
                }
            }
        }
    }
}
