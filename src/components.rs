//! Strongly connected components: what leads to each other, found in one walk over all edges (Tarjan's algorithm).

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
        let mut search = Search {
            edges,
            number: vec![None; edges.len()],
            low: vec![0; edges.len()],
            stack: Vec::new(),
            found: Self { groups: Vec::new(), of: vec![usize::MAX; edges.len()] },
            count: 0,
        };
        for node in 0..edges.len() {
            search.from(node);
        }
        search.found
    }

    /// The components that contain a cycle, each by its first node.
    pub fn cyclic<'a>(&'a self, edges: &'a [Vec<usize>]) -> impl Iterator<Item = usize> + 'a {
        let leads_to_itself = |node: usize| edges.get(node).is_some_and(|edges| edges.contains(&node));
        let groups = self.groups.iter().filter_map(|group| Some((*group.first()?, group.len())));
        groups.filter(move |(first, len)| *len > 1 || leads_to_itself(*first)).map(|(first, _)| first)
    }
}

struct Search<'a> {
    edges: &'a [Vec<usize>],
    /// By node: when it was first met.
    number: Vec<Option<usize>>,
    /// By node: the first met that it leads to, as far as that is known, among those without a component.
    low: Vec<usize>,
    /// Nodes that were met and have no component yet.
    stack: Vec<usize>,
    found: Components,
    count: usize,
}

impl Search<'_> {
    /// Depth first, with a stack of its own: a chain may be long.
    fn from(&mut self, start: usize) {
        let mut open: Vec<(usize, usize)> = Vec::new();
        if self.met(start).is_none() {
            self.meet(start);
            open.push((start, 0));
        }
        while let Some((node, at)) = open.last_mut() {
            let (node, next) = (*node, self.edges.get(*node).and_then(|edges| edges.get(*at)).copied());
            *at += 1;
            match next {
                Some(to) if to >= self.edges.len() => {}
                Some(to) => match self.met(to) {
                    None => {
                        self.meet(to);
                        open.push((to, 0));
                    }
                    Some(number) if self.component(to).is_none() => self.lower(node, number),
                    Some(_) => {}
                },
                None => {
                    open.pop();
                    self.leave(node);
                    if let Some((before, _)) = open.last() {
                        self.lower(*before, self.low(node));
                    }
                }
            }
        }
    }

    fn met(&self, node: usize) -> Option<usize> {
        self.number.get(node).copied().flatten()
    }

    fn low(&self, node: usize) -> usize {
        self.low.get(node).copied().unwrap_or(usize::MAX)
    }

    fn component(&self, node: usize) -> Option<usize> {
        self.found.of.get(node).copied().filter(|of| *of != usize::MAX)
    }

    fn meet(&mut self, node: usize) {
        let number = self.count;
        self.count += 1;
        if let (Some(place), Some(low)) = (self.number.get_mut(node), self.low.get_mut(node)) {
            (*place, *low) = (Some(number), number);
        }
        self.stack.push(node);
    }

    fn lower(&mut self, node: usize, low: usize) {
        if let Some(place) = self.low.get_mut(node) {
            *place = low.min(*place);
        }
    }

    /// If nothing that was met before is reached from a node, what stands behind it on the stack is a component.
    fn leave(&mut self, node: usize) {
        if self.met(node) != Some(self.low(node)) {
            return;
        }
        let begin = self.stack.iter().rposition(|on| *on == node).unwrap_or(self.stack.len());
        let mut group = self.stack.split_off(begin);
        group.sort_unstable();
        for member in &group {
            if let Some(place) = self.found.of.get_mut(*member) {
                *place = self.found.groups.len();
            }
        }
        self.found.groups.push(group);
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
        assert_eq!(components.groups, [vec![3], vec![1, 2], vec![0], vec![4]]);
        assert_eq!(components.of, [2, 1, 1, 0, 3]);
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
