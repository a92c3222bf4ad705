//! HAProxy's syntax: sections of lines of words.

use evenkeel_config::Fault;

use crate::exchange::Place;

/// The words that begin a section.
const SECTIONS: &[&str] = &[
    "backend",
    "cache",
    "crt-store",
    "defaults",
    "fcgi-app",
    "frontend",
    "global",
    "http-errors",
    "listen",
    "log-forward",
    "log-profile",
    "mailers",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

/// A line of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) words: Vec<String>,
}

/// A section: the line that begins it, and the lines in it.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) head: Line,
    pub(super) lines: Vec<Line>,
}

impl Line {
    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }
}

impl Section {
    pub(super) fn name(&self) -> &str {
        self.head.word(1)
    }
}

impl Place for Section {
    fn line(&self) -> usize {
        self.head.number
    }
}

/// Reads the sections of a text.
pub(super) fn parse(text: &str) -> Result<Vec<Section>, Fault> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let words = words(line).map_err(|what| fault(number, what))?;
        let line = Line { number, words };
        let first = line.word(0);
        if first.is_empty() {
            continue;
        }
        if SECTIONS.contains(&first) {
            sections.push(Section {
                head: line,
                lines: Vec::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.lines.push(line);
        } else if !first.starts_with('.') {
            let what = format!("`{first}` is outside of any section");
            return Err(fault(number, what));
        }
    }
    Ok(sections)
}

fn fault(line: usize, what: impl Into<String>) -> Fault {
    Fault {
        place: Some((line, 1)),
        what: what.into(),
    }
}

/// Returns the words of a line: a backslash or quotes remove the special meaning of characters.
fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (None, '#') => break,
            (None, ' ' | '\t' | '\r') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None | Some('"'), '\\') => {
                let escaped = chars.next().ok_or("a backslash ends the line")?;
                word.get_or_insert_default().push(escaped);
            }
            (_, char) => word.get_or_insert_default().push(char),
        }
    }
    if quote.is_some() {
        return Err("unterminated quote");
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quotes_and_comments() {
        assert_eq!(
            words("a  \"b c\" 'd\\' e\\ f\t# g").unwrap(),
            ["a", "b c", "d\\", "e f"]
        );
        assert!(words("a \"b").is_err());
        assert!(words("a \\").is_err());
    }

    #[test]
    fn lines_belong_to_the_preceding_section() {
        let sections = parse("\n# c\nglobal\n  a\nbackend b\n\tserver s 1:1\n").unwrap();
        assert_eq!(sections[1].head.words, ["backend", "b"]);
        assert_eq!(sections[1].lines[0].number, 6);
        let fault = parse("\nserver a").unwrap_err();
        assert_eq!(fault.place, Some((2, 1)));
    }
}
