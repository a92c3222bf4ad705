//! Old spellings of the command line. They work for one more release: they are rewritten before anything reads
//! them, and a note names the new spelling.

use std::ffi::{OsStr, OsString};

/// A command line in the new spelling, and a note about each old one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Respelled {
    pub(super) words: Vec<OsString>,
    pub(super) notes: Vec<String>,
}

/// A flag that some commands had.
struct OldFlag {
    commands: &'static [&'static str],
    long: &'static str,
    short: Option<&'static str>,
    now: Now,
}

/// What replaces a flag.
#[derive(Clone, Copy)]
enum Now {
    /// Its value is the first argument of the command.
    Argument,
    /// This flag, with the same value if it has one.
    Flag(&'static str),
    /// These words in place of the command.
    Command(&'static [&'static str]),
}

const FLAGS: &[OldFlag] = &[
    OldFlag {
        commands: &[
            "route", "explain", "compare", "tune", "plan", "simulate", "export", "serve", "conform",
        ],
        long: "--config",
        short: Some("-c"),
        now: Now::Argument,
    },
    old(
        &["compare", "agreement", "plan", "simulate"],
        "--export",
        Now::Flag("--output"),
    ),
    old(&["compare"], "--no-timing", Now::Flag("--timing=never")),
    old(
        &["compare"],
        "--verify",
        Now::Command(&["verify", "strategies"]),
    ),
    old(
        &["simulate"],
        "--verify",
        Now::Command(&["verify", "simulation"]),
    ),
    old(&["simulate"], "--limit", Now::Flag("--slo")),
    old(&["check"], "--numbering", Now::Command(&["numbering"])),
    old(&["tune"], "--subset", Now::Command(&["tune", "subset"])),
    old(&["tune"], "--bound", Now::Command(&["tune", "bound"])),
    old(
        &["algorithms"],
        "--markdown",
        Now::Flag("--format=markdown"),
    ),
];

/// Commands that had another name: the old one, the new one.
const COMMANDS: &[(&str, &[&str])] = &[("verify-vectors", &["verify", "vectors"])];

/// Formats that had another name: the commands, the old name, the new one.
const FORMATS: &[(&[&str], &str, &str)] = &[
    (
        &[
            "compare",
            "agreement",
            "plan",
            "simulate",
            "tune",
            "conform",
        ],
        "table",
        "text",
    ),
    (&["export"], "native", "text"),
    (&["import"], "yaml", "text"),
    (&["verify-vectors"], "summary", "markdown"),
];

/// What `tune` tunes; it was the size unless a flag said otherwise.
const TUNED: [&str; 3] = ["size", "subset", "bound"];

const fn old(commands: &'static [&'static str], long: &'static str, now: Now) -> OldFlag {
    OldFlag {
        commands,
        long,
        short: None,
        now,
    }
}

/// Rewrites a command line, the program's name first, to the new spelling.
pub(super) fn respelled(words: &[OsString]) -> Respelled {
    // No flag in front of a command has a value.
    let behind = words.iter().skip(1);
    let Some(place) = behind.clone().position(|word| !is_flag(word)) else {
        return Respelled {
            words: words.to_vec(),
            notes: Vec::new(),
        };
    };
    let (front, rest) = words.split_at(place + 1);
    let mut line = Line::of(&rest[0]);
    let mut rest = &rest[1..];
    match &*line.command {
        "tune" => rest = line.take_tuned(rest),
        "help" => rest = line.take_asked(rest),
        _ => {}
    }
    line.read(&line.apart(rest));
    let mut words = front.to_vec();
    words.extend(line.name);
    words.extend(line.arguments);
    words.extend(line.kept);
    Respelled {
        words,
        notes: line.notes,
    }
}

/// An old name of a command and the new one, if the word is one.
fn new_name(word: &OsStr) -> Option<(&'static str, &'static [&'static str])> {
    COMMANDS.iter().find(|(old, _)| word == *old).copied()
}

fn is_flag(word: &OsString) -> bool {
    word.to_string_lossy().starts_with('-')
}

/// The words from the command on.
#[derive(Default)]
struct Line {
    /// The command as it was given.
    command: String,
    /// The command as it is now.
    name: Vec<OsString>,
    /// The values of flags that are arguments now.
    arguments: Vec<OsString>,
    /// All else, in order.
    kept: Vec<OsString>,
    notes: Vec<String>,
}

impl Line {
    fn of(command: &OsStr) -> Self {
        let mut line = Self {
            command: command.to_string_lossy().into_owned(),
            name: vec![command.to_owned()],
            ..Self::default()
        };
        if let Some((old, new)) = new_name(command) {
            line.rename(old, new);
        }
        line
    }

    /// Takes the old name of a command that help is asked for; returns the words behind it.
    fn take_asked<'a>(&mut self, rest: &'a [OsString]) -> &'a [OsString] {
        let Some(place) = rest.iter().position(|word| !is_flag(word)) else {
            return rest;
        };
        let Some((old, new)) = new_name(&rest[place]) else {
            return rest;
        };
        self.note_renamed(old, new);
        self.kept.extend(rest[..place].iter().cloned());
        self.kept.extend(new.iter().map(OsString::from));
        &rest[place + 1..]
    }

    /// The words with each `-q` in a word of its own if an old flag stands behind it.
    fn apart(&self, words: &[OsString]) -> Vec<OsString> {
        let mut separate = Vec::with_capacity(words.len());
        let end = words.iter().position(|word| word == "--");
        let (flags, others) = words.split_at(end.unwrap_or(words.len()));
        for word in flags {
            let behind = word.to_str().and_then(|word| word.strip_prefix("-q"));
            let behind = behind.map(|behind| OsString::from(format!("-{behind}")));
            match behind.filter(|behind| self.old_flag(behind).is_some()) {
                Some(behind) => separate.extend(["-q".into(), behind]),
                None => separate.push(word.clone()),
            }
        }
        separate.extend_from_slice(others);
        separate
    }

    /// Takes the word that says what is tuned, or adds the old default; returns the words behind it.
    fn take_tuned<'a>(&mut self, rest: &'a [OsString]) -> &'a [OsString] {
        let Some((first, behind)) = rest.split_first() else {
            return rest;
        };
        let is_mode = |word: &OsString| TUNED.iter().any(|tuned| word == tuned);
        if is_mode(first) {
            self.name.push(first.clone());
            return behind;
        }
        // An old flag says what is tuned; help and version need no more.
        let settles = ["--subset", "--bound", "--help", "-h", "--version", "-V"];
        let is_known = |word: &OsString| is_mode(word) || settles.iter().any(|flag| word == flag);
        if is_flag(first) && !rest.iter().any(is_known) {
            self.rename("tune", &["tune", "size"]);
        }
        rest
    }

    fn read(&mut self, rest: &[OsString]) {
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                self.kept.push(word.clone());
                self.kept.extend(rest.cloned());
                return;
            }
            match self.old_flag(word) {
                Some((flag, value)) => match flag.now {
                    Now::Argument => {
                        let value = value.map(OsString::from).or_else(|| rest.next().cloned());
                        self.arguments.extend(value);
                        let given = flag.short.unwrap_or(flag.long);
                        let name = self.name();
                        self.note(&format!("`{name} {given} CONFIG` is now `{name} CONFIG`"));
                    }
                    Now::Flag(new) => {
                        let value = value.map_or_else(String::new, |value| format!("={value}"));
                        self.kept.push(format!("{new}{value}").into());
                        self.note(&format!("`{}` is now `{new}`", flag.long));
                    }
                    Now::Command(name) => {
                        let given = format!("{} {}", self.command, flag.long);
                        self.rename(&given, name);
                    }
                },
                None => {
                    let word = self.with_new_format(word);
                    self.kept.push(word);
                }
            }
        }
    }

    /// The old flag that a word is, and its value if that is in the same word.
    fn old_flag<'a>(&self, word: &'a OsString) -> Option<(&'static OldFlag, Option<&'a str>)> {
        let word = word.to_str()?;
        let (long, value) = match word.split_once('=') {
            Some((long, value)) => (long, Some(value)),
            None => (word, None),
        };
        let flags = || {
            let known = |flag: &&OldFlag| flag.commands.contains(&&*self.command);
            FLAGS.iter().filter(known)
        };
        if let Some(flag) = flags().find(|flag| flag.long == long) {
            return Some((flag, value));
        }
        let mut with_short =
            flags().filter_map(|flag| Some((flag, word.strip_prefix(flag.short?)?)));
        let (flag, value) = with_short.next()?;
        let value = value.strip_prefix('=').unwrap_or(value);
        Some((flag, Some(value).filter(|value| !value.is_empty())))
    }

    /// A word, or the new name of a format if it is an old one.
    fn with_new_format(&mut self, word: &OsString) -> OsString {
        let follows = self.kept.last().is_some_and(|last| last == "--format");
        let Some((before, name)) =
            word.to_str()
                .and_then(|word| match word.strip_prefix("--format=") {
                    Some(name) => Some(("--format=", name)),
                    None => follows.then_some(("", word)),
                })
        else {
            return word.clone();
        };
        let mut old = FORMATS.iter();
        let old = old.find(|(commands, old, _)| commands.contains(&&*self.command) && *old == name);
        let Some((_, old, new)) = old else {
            return word.clone();
        };
        self.note(&format!("`--format {old}` is now `--format {new}`"));
        format!("{before}{new}").into()
    }

    fn name(&self) -> String {
        let words: Vec<_> = self
            .name
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        words.join(" ")
    }

    fn rename(&mut self, old: &str, new: &[&str]) {
        self.name = new.iter().map(OsString::from).collect();
        self.note_renamed(old, new);
    }

    fn note_renamed(&mut self, old: &str, new: &[&str]) {
        self.note(&format!("`{old}` is now `{}`", new.join(" ")));
    }

    fn note(&mut self, change: &str) {
        let note = format!("note: {change}; the old spelling works for one more release");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

#[cfg(test)]
mod tests;
