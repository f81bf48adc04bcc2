//! How wide a text is.
//!
//! Whoever looks at the picture may have another font, so the widths are those of a wide one: `DejaVu Sans`, in
//! thousandths of the font size. Helvetica and Arial take an eighth less.

/// From the space to `~`.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
];

/// What bold letters take more.
const BOLD: f64 = 1.15;

/// The width of a text in this font size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| f64::from(thousandths(c))).sum::<f64>() * size / 1000.0
}

/// The width of a text in bold letters.
pub(super) fn bold(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

fn thousandths(c: char) -> u16 {
    let ascii = u32::from(c).checked_sub(32).and_then(|n| usize::try_from(n).ok());
    match c {
        // Marks that stand on the letter before them.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        // Full-width letters of East Asia, and pictures.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{10000}'..
        | '…' => 1000,
        _ => ascii.and_then(|n| WIDTHS.get(n)).copied().unwrap_or(800),
    }
}

/// A text in lines that are not wider than `most`; what comes after the first is indented by `indent`. A word that is too
/// long is broken.
pub(super) fn wrapped(text: &str, size: f64, most: f64, indent: f64) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        for part in pieces(word, size, most - indent) {
            let room = if lines.len() == 1 { most } else { most - indent };
            let Some(line) = lines.last_mut() else { continue };
            let longer = if line.is_empty() { part.clone() } else { format!("{line} {part}") };
            if line.is_empty() || width(&longer, size) <= room {
                *line = longer;
            } else {
                lines.push(part);
            }
        }
    }
    lines
}

/// A word in pieces that fit.
fn pieces(word: &str, size: f64, most: f64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let Some(piece) = pieces.last_mut() else { continue };
        piece.push(c);
        if width(piece, size) > most && piece.chars().count() > 1 {
            piece.pop();
            pieces.push(c.to_string());
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bold, width, wrapped};

    #[test]
    fn wide_letters_are_wide() {
        assert!(width("WWW", 10.0) > width("iii", 10.0) * 3.0);
        assert!(bold("a", 10.0) > width("a", 10.0) && width("語", 10.0) >= 10.0);
        assert!((width("e\u{301}", 10.0) - width("e", 10.0)).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn lines_fit_and_nothing_is_lost(text in any::<String>(), most in 40.0_f64..300.0) {
            let lines = wrapped(&text, 10.0, most, 10.0);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for line in lines.iter().filter(|line| line.chars().count() > 1) {
                prop_assert!(width(line, 10.0) <= most, "{line:?}");
            }
        }
    }
}
