//! nginx's syntax: directives with words, and blocks of them.

use evenkeel_config::Fault;

use crate::exchange::Place;

/// The maximum nesting depth of blocks.
const MAX_BLOCKS: usize = 64;

/// A directive: its words, and the contents of its block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) line: usize,
    pub(super) words: Vec<String>,
    pub(super) block: Vec<Directive>,
}

impl Directive {
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    pub(super) fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }
}

impl Place for Directive {
    fn line(&self) -> usize {
        self.line
    }
}

/// A token of the text.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Semicolon,
    Open,
    Close,
}

/// Reads the directives of a text.
pub(super) fn parse(text: &str) -> Result<Vec<Directive>, Fault> {
    let mut tokens = Tokens::of(text);
    // The open blocks, outermost first; the first one holds the directives outside of any block.
    let mut open = vec![Directive::default()];
    let mut current = Directive::default();
    while let Some((line, token)) = tokens.next()? {
        match token {
            Token::Word(word) => {
                if current.words.is_empty() {
                    current.line = line;
                }
                current.words.push(word);
            }
            Token::Semicolon if current.words.is_empty() => {
                return Err(fault(line, "a `;` without a directive before it"));
            }
            Token::Semicolon => push(&mut open, std::mem::take(&mut current)),
            Token::Open if current.words.is_empty() => {
                return Err(fault(line, "a `{` without a directive before it"));
            }
            Token::Open if current.name().ends_with("_by_lua_block") => {
                tokens.skip_lua(line)?;
                push(&mut open, std::mem::take(&mut current));
            }
            Token::Open if open.len() > MAX_BLOCKS => {
                return Err(fault(line, "blocks are nested too deep"));
            }
            Token::Open => open.push(std::mem::take(&mut current)),
            Token::Close if !current.words.is_empty() => {
                return Err(fault(line, "a `}` where `;` was expected"));
            }
            Token::Close => match open.pop() {
                Some(block) if !open.is_empty() => push(&mut open, block),
                _ => return Err(fault(line, "a `}` without its `{`")),
            },
        }
    }
    if !current.words.is_empty() {
        return Err(fault(
            current.line,
            "the text ends before the `;` of this directive",
        ));
    }
    match (open.pop(), open.is_empty()) {
        (Some(all), true) => Ok(all.block),
        (block, _) => {
            let line = block.unwrap_or_default().line;
            Err(fault(line, "the text ends before the `}` of this block"))
        }
    }
}

fn push(open: &mut [Directive], directive: Directive) {
    if let Some(block) = open.last_mut() {
        block.block.push(directive);
    }
}

fn fault(line: usize, what: &str) -> Fault {
    Fault {
        place: Some((line, 1)),
        what: what.to_owned(),
    }
}

/// The tokens of a text.
struct Tokens<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            rest: text.chars().peekable(),
            line: 1,
        }
    }

    fn advance(&mut self) -> Option<char> {
        let char = self.rest.next()?;
        self.line += usize::from(char == '\n');
        Some(char)
    }

    /// Returns the next token and its line.
    fn next(&mut self) -> Result<Option<(usize, Token)>, Fault> {
        loop {
            let Some(&char) = self.rest.peek() else {
                return Ok(None);
            };
            let line = self.line;
            let token = match char {
                '#' => {
                    while self.advance().is_some_and(|char| char != '\n') {}
                    continue;
                }
                _ if char.is_ascii_whitespace() => {
                    self.advance();
                    continue;
                }
                ';' => Token::Semicolon,
                '{' => Token::Open,
                '}' => Token::Close,
                '"' | '\'' => {
                    self.advance();
                    return Ok(Some((line, Token::Word(self.quoted(char, line)?))));
                }
                _ => return Ok(Some((line, Token::Word(self.word())))),
            };
            self.advance();
            return Ok(Some((line, token)));
        }
    }

    /// Returns the text up to a quote.
    fn quoted(&mut self, quote: char, line: usize) -> Result<String, Fault> {
        let mut text = String::new();
        while let Some(char) = self.advance() {
            match char {
                '\\' => text.extend(self.escaped()),
                _ if char == quote => return Ok(text),
                _ => text.push(char),
            }
        }
        Err(fault(line, "unterminated quote"))
    }

    fn word(&mut self) -> String {
        let mut text = String::new();
        while let Some(&char) = self.rest.peek() {
            // `${name}` is part of a word.
            let is_variable = char == '{' && text.ends_with('$');
            let ends = char.is_ascii_whitespace() || matches!(char, ';' | '{');
            if ends && !is_variable {
                break;
            }
            self.advance();
            if char == '\\' {
                text.extend(self.escaped());
            } else {
                text.push(char);
            }
        }
        text
    }

    /// Returns the meaning of a backslash and the next character: quotes, backslashes and the usual letters; before any
    /// other character it stays.
    fn escaped(&mut self) -> Vec<char> {
        match self.advance() {
            None => vec!['\\'],
            Some('n') => vec!['\n'],
            Some('r') => vec!['\r'],
            Some('t') => vec!['\t'],
            Some(char @ ('"' | '\'' | '\\')) => vec![char],
            Some(other) => vec!['\\', other],
        }
    }

    /// Skips a block of Lua up to its closing brace, including strings and comments.
    fn skip_lua(&mut self, line: usize) -> Result<(), Fault> {
        let mut depth = 1;
        while depth > 0 {
            match self.advance() {
                Some('{') => depth += 1,
                Some('}') => depth -= 1,
                Some(quote @ ('"' | '\'')) => {
                    self.quoted(quote, self.line)?;
                }
                Some('[') => self.skip_long_text(),
                Some('-') if self.rest.peek() == Some(&'-') => self.skip_comment(),
                Some(_) => {}
                None => return Err(fault(line, "the text ends before the `}` of this block")),
            }
        }
        Ok(())
    }

    /// Skips a Lua comment, after its first `-`.
    fn skip_comment(&mut self) {
        self.advance();
        if self.rest.peek() == Some(&'[') {
            self.advance();
            self.skip_long_text();
        } else {
            while self.advance().is_some_and(|char| char != '\n') {}
        }
    }

    /// Skips a Lua long string after its first bracket, if it is one.
    fn skip_long_text(&mut self) {
        let mut level = 0;
        while self.rest.peek() == Some(&'=') {
            self.advance();
            level += 1;
        }
        if self.rest.peek() != Some(&'[') {
            return;
        }
        let end = format!("]{}]", "=".repeat(level));
        let mut last = String::new();
        while let Some(char) = self.advance() {
            last.push(char);
            if last.ends_with(&end) {
                return;
            }
            if char != ']' && char != '=' {
                last.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let directives = parse(text).unwrap();
        directives
            .into_iter()
            .map(|directive| directive.words)
            .collect()
    }

    #[test]
    fn words_comments_quotes_and_variables() {
        let text = "a 'b c' \"d\\\"\" ${e}f#g; # h;\nhash $x#y;";
        assert_eq!(
            words(text),
            [vec!["a", "b c", "d\"", "${e}f#g"], vec!["hash", "$x#y"]]
        );
    }

    #[test]
    fn blocks_are_nested() {
        let all = parse("http {\n upstream u {\n  server a;\n }\n}\nx_by_lua_block { if { } }\n")
            .unwrap();
        assert_eq!(all.len(), 2);
        let server = &all[0].block[0].block[0];
        assert_eq!((server.name(), server.line), ("server", 3));
    }

    #[test]
    fn lua_may_have_braces_in_texts_and_comments() {
        let lua = "a_by_lua_block {\n local a = \"{\" -- {\n local b = [==[ } ]] ]==] --[[ {\n ]] t[1] = {}\n}\nb;";
        let all = parse(lua).unwrap();
        assert_eq!((all.len(), all[1].line), (2, 6));
    }

    #[test]
    fn unclosed_blocks_are_located() {
        for (text, line) in [
            ("a;\nb {\n", 2),
            ("a;\n}\n", 2),
            ("\n;", 2),
            ("\na", 2),
            ("a {\n b }", 2),
            ("\n'a", 2),
            ("{", 1),
        ] {
            assert_eq!(parse(text).unwrap_err().place, Some((line, 1)), "{text}");
        }
        let deep = "a {".repeat(100_000);
        assert!(parse(&deep).unwrap_err().what.contains("too deep"));
    }
}
