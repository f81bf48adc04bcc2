//! Where a text is not in the style: a few lines of it, and what they would be.

use std::fmt;

/// Lines of each side that are shown.
const SHOWN: usize = 3;
/// How far two texts may differ before they agree again.
const FAR: usize = 40;

/// The first lines that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Number of the first one, from 1.
    pub line: usize,
    /// What stands there.
    pub old: Vec<String>,
    /// What would stand there.
    pub new: Vec<String>,
}

impl Difference {
    /// The first difference of two texts, if there is one.
    pub fn first(old: &str, new: &str) -> Option<Self> {
        let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let (old, new) = (old.get(same..).unwrap_or_default(), new.get(same..).unwrap_or_default());
        if old.is_empty() && new.is_empty() {
            return None;
        }
        let (mut a, mut b) = agree(old, new);
        // Lines that are the same at the end of both are no difference.
        while a.min(b) > 0 && old.get(a - 1) == new.get(b - 1) {
            (a, b) = (a - 1, b - 1);
        }
        let shown = |lines: &[&str], count: usize| lines.iter().take(count).map(|line| visible(line)).collect();
        Some(Self { line: same + 1, old: shown(old, a), new: shown(new, b) })
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// After how many lines of each side the two go on in the same way.
fn agree(old: &[&str], new: &[&str]) -> (usize, usize) {
    for both in 1..=FAR {
        for a in 0..=both {
            let b = both - a;
            let next = (old.get(a), new.get(b));
            if matches!(next, (Some(x), Some(y)) if x == y && !x.trim().is_empty()) || next == (None, None) {
                return (a, b);
            }
        }
    }
    (FAR.min(old.len()), FAR.min(new.len()))
}

/// A line with everything in it to be seen.
fn visible(line: &str) -> String {
    let (line, end) = match line.strip_suffix('\n') {
        Some(line) => (line, ""),
        None => (line, " (no line break)"),
    };
    let text = line.trim_end_matches(' ');
    let mut shown = String::new();
    for c in text.chars() {
        if c.is_control() || c == '\u{feff}' { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown.extend(std::iter::repeat_n('·', line.len() - text.len()));
    shown + end
}

impl fmt::Display for Difference {
    /// The lines with a minus, then what they would be, with a plus; each with a line break.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, lines) in [('-', &self.old), ('+', &self.new)] {
            for line in lines.iter().take(SHOWN) {
                writeln!(f, "{}", format!("{sign} {line}").trim_end())?;
            }
            if lines.len() > SHOWN {
                writeln!(f, "{sign} …")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Difference;

    fn shown(old: &str, new: &str) -> String {
        Difference::first(old, new).map_or(String::new(), |found| format!("{}\n{found}", found.line))
    }

    #[test]
    fn the_first_lines_that_differ_are_shown() {
        assert_eq!(shown("a\nb\n", "a\nb\n"), "");
        assert_eq!(shown("a\nb\nc\nd\n", "a\nB\nc\nD\n"), "2\n- b\n+ B\n");
        assert_eq!(shown("a\nb c\nd\n", "a\nb\nc\nd\n"), "2\n- b c\n+ b\n+ c\n");
        assert_eq!(shown("a\n\n\nb\n", "a\n\nb\n"), "3\n-\n");
        assert_eq!(shown("x y\n", &"a b c d e\n".replace(' ', "\n")), "1\n- x y\n+ a\n+ b\n+ c\n+ …\n");
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(shown("a \n", "a\n"), "1\n- a·\n+ a\n");
        assert_eq!(shown("\ta\r\n", "a\n"), "1\n- \\ta\\r\n+ a\n");
        assert_eq!(shown("\u{feff}a\n", "a\n"), "1\n- \\u{feff}a\n+ a\n");
        assert_eq!(shown("a", "a\n"), "1\n- a (no line break)\n+ a\n");
    }
}
