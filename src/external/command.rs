//! The command that runs a program.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A command: the program and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Command(Vec<String>);

/// The requirement for a command.
const EXPECTED: &str = "a program and its arguments, each a string without a zero byte";

impl Command {
    /// Returns the command with these words; `None` if there is no program, or if a word contains a zero byte.
    #[must_use]
    pub fn new(words: Vec<String>) -> Option<Self> {
        let has_program = words.first().is_some_and(|program| !program.is_empty());
        (has_program && !words.iter().any(|word| word.contains('\0'))).then_some(Self(words))
    }

    /// Returns the command of a line, split into words as a shell does.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        Self::new(shlex::split(line)?)
    }

    /// Returns the program and its arguments; `None` for an empty command.
    #[must_use]
    pub fn words(&self) -> Option<(&str, &[String])> {
        let (program, arguments) = self.0.split_first()?;
        Some((program, arguments))
    }
}

impl fmt::Display for Command {
    /// Writes the words as a shell reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.iter().map(String::as_str);
        f.write_str(&shlex::try_join(words).map_err(|_| fmt::Error)?)
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Words)
    }
}

/// Reads the words and rejects them inside the visitor, so that the reader of a file still knows the location.
struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Command;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list: {EXPECTED}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Command, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = items.next_element()? {
            words.push(word);
        }
        Command::new(words).ok_or_else(|| A::Error::custom(format_args!("expected {EXPECTED}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_and_displayed_as_in_a_shell() {
        let line = "python3 'my balancer.py' --seed 7";
        let command = Command::of_line(line).unwrap();
        let words = ["my balancer.py", "--seed", "7"].map(str::to_owned);
        assert_eq!(command.words(), Some(("python3", &words[..])));
        assert_eq!(command.to_string(), line);
    }

    #[test]
    fn a_command_has_a_program() {
        for wrong in ["", "''", "a '"] {
            assert_eq!(Command::of_line(wrong), None, "{wrong}");
        }
        for wrong in [
            "[]",
            r#"[""]"#,
            r#""python3""#,
            r#"[["a"]]"#,
            r#"["a\u0000b"]"#,
        ] {
            assert!(serde_json::from_str::<Command>(wrong).is_err(), "{wrong}");
        }
        let read: Command = serde_json::from_str(r#"["python3", "x.py"]"#).unwrap();
        assert_eq!(Some(read), Command::of_line("python3 x.py"));
    }
}
