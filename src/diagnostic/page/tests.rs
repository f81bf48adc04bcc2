use super::*;

const PLAIN: Style = Style { color: false, width: 60, unicode: true };

#[track_caller]
fn laid_out(markdown: &str, wanted: &str) {
    assert_eq!(Page { markdown }.render(PLAIN).trim_end(), wanted.trim_matches('\n'));
}

#[test]
fn a_page_is_read_in_a_terminal() {
    laid_out(
        "# IVR999: a title\n\nWords with `code --in it`, *stress* and [a link](../x.md), long\nenough for several lines.\n
```ivr,fails=IVR999\nscene main {\n  say x\n}\n```\n
Repair it:\n\n```ivr\nscene main {\n\n  hang up\n}\n```\n",
        "
IVR999: a title

Words with `code --in it`, stress and \"a link\"
(book/src/x.md), long enough for several lines.

  wrong:
    scene main {
      say x
    }

Repair it:

  right:
    scene main {

      hang up
    }
",
    );
}

#[test]
fn what_is_for_the_tests_of_the_book_is_not_shown() {
    let markdown = "Before.\n\n<!-- ivr-steps\nsettings { a = 1 }\n@@\n-->\n\nBehind, <!-- hidden --> too.\n";
    laid_out(markdown, "Before.\n\nBehind,  too.");
    assert_eq!(Page { markdown }.markdown(), "Before.\n\n\nBehind,  too.\n");
    let markdown = "See [the `menu`](../menu.md) and [more](more.md).\n";
    assert_eq!(
        Page { markdown }.markdown(),
        "See \"the `menu`\" (book/src/menu.md) and \"more\" (book/src/errors/more.md).\n"
    );
}

#[test]
fn files_lists_and_tables_have_forms_of_their_own() {
    laid_out(
        "```ivr,file=desk.ivr\nscene main { hang up }\n```\n
```toml,for=desk,fails=IVR504\na = 1\n```\n\n```toml,for=desk\na = 2\n```\n
* one `a`\n* two, which is long enough to be broken into two lines\n
| code | what it means |\n| --- | --- |\n| `a` | something |\n| longer | something that is long enough to be broken |\n",
        "
  desk.ivr:
    scene main { hang up }

  wrong:
    a = 1

  right:
    a = 2

- one `a`
- two, which is long enough to be broken into two lines

code    what it means
──────────────────────────────────────────────────
`a`     something
longer  something that is long enough to be broken
",
    );
}

#[test]
fn colours_are_those_of_messages() {
    let style = Style { color: true, ..PLAIN };
    let text = Page { markdown: "# A\n\nb `c`\n" }.render(style);
    assert_eq!(text, "\u{1b}[1mA\u{1b}[0m\n\nb \u{1b}[36m`c`\u{1b}[0m\n");
}

/// Every page says what its code means, shows what is wrong, and how it is right.
#[test]
fn every_page_has_its_title_what_is_wrong_and_a_repair() {
    for code in Code::ALL {
        let page = Page::of(*code);
        let text = page.plain();
        assert!(text.starts_with(&format!("{code}: {}\n\n", code.summary())), "{text}");
        let commands = text.contains("    $ ivrc");
        let both = text.contains("  wrong:\n    ") && text.contains("  right:\n    ");
        assert!(both || commands, "{code} has no example, or no repair:\n{text}");
        assert!(!page.introduction().is_empty() && !page.introduction().contains('\n'), "{code}");
        for text in [&text, &page.markdown()] {
            assert!(!text.contains("<!--") && !text.contains("-->") && !text.contains("]("), "{text}");
        }
        let wide = text.lines().filter(|line| !line.starts_with("    ") && line.chars().count() > WIDTH);
        assert_eq!(wide.count(), 0, "{text}");
    }
}
