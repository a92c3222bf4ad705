//! Texts of others, made safe to print.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Returns a text of others, such as a key, on one line and without anything that a terminal obeys: control characters
/// and others that cannot be seen as escapes, and cut at a width in columns.
pub(crate) fn printable(text: &str, width: usize) -> String {
    let (mut shown, mut used) = (String::new(), 0);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let before = shown.len();
        match character {
            '"' | '\'' => shown.push(character),
            _ => _ = write!(shown, "{}", character.escape_debug()),
        }
        let columns = shown[before..].chars().filter_map(char::width);
        used += columns.sum::<usize>();
        // One column is for what says that there is more.
        if used > width || (used == width && !rest.as_str().is_empty()) {
            shown.truncate(before);
            return shown + "…";
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_long_texts_are_cut() {
        for (text, expected) in [
            ("client-1", "client-1"),
            ("it's \"ü\" 鍵", "it's \"ü\" 鍵"),
            ("a\tb\u{1b}[2J", "a\\tb\\u{1b}[2J"),
            ("\u{202e}x\\", "\\u{202e}x\\\\"),
            ("exactly twenty wide.", "exactly twenty wide."),
            ("exactly twenty wide..", "exactly twenty wide…"),
        ] {
            assert_eq!(printable(text, 20), expected, "{text:?}");
        }
    }
}
