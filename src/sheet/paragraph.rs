//! Paragraphs.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

use super::style::Style;

/// Wraps each line at the width of text on word boundaries, further lines indented as the first; Markdown stays.
pub(crate) fn wrapped(text: &str, style: Style) -> String {
    let Style::Text { width } = style else {
        return text.to_owned();
    };
    let lines = text.lines().map(|line| {
        let indent = &line[..line.len() - line.trim_start().len()];
        textwrap::fill(line, options(width, indent))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Each name and its value on a line of their own, the values below each other; Markdown has a list.
pub(crate) fn fields(fields: &[(&str, String)], style: Style) -> String {
    let Style::Text { width } = style else {
        let lines = fields
            .iter()
            .map(|(name, value)| format!("- {name}: {value}"));
        return lines.collect::<Vec<_>>().join("\n");
    };
    let names = fields.iter().map(|(name, _)| name.width());
    // Values have at least half of the line.
    let column = (names.max().unwrap_or_default() + 2).min(width / 2);
    let indent = " ".repeat(column);
    let lines = fields.iter().map(|(name, value)| {
        let blanks = " ".repeat(column.saturating_sub(name.width()).max(2));
        textwrap::fill(&format!("{name}{blanks}{value}"), options(width, &indent))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Words end at spaces only: `round-robin` stays whole unless it is wider than a line.
pub(super) fn options(width: usize, further_indent: &str) -> Options<'_> {
    Options::new(width)
        .subsequent_indent(further_indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
}

/// Joins the parts that are not empty, with a blank line between them.
pub(crate) fn paragraphs(mut parts: Vec<String>) -> String {
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_between_words_and_keep_their_indent() {
        let text = "round-robin is even\n  and so on and on";
        let style = Style::Text { width: 13 };
        assert_eq!(
            wrapped(text, style),
            "round-robin\nis even\n  and so on\n  and on"
        );
        assert_eq!(wrapped(text, Style::Markdown), text);
    }

    #[test]
    fn values_stand_below_each_other() {
        let pairs = [("key", "required"), ("algorithm", "a ring of points")];
        let pairs = pairs.map(|(name, value)| (name, value.to_owned()));
        let expected = "key        required\nalgorithm  a ring of\n           points";
        assert_eq!(fields(&pairs, Style::Text { width: 22 }), expected);
    }
}
