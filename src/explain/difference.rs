//! One key before and after a change.

use serde::Serialize;

use super::cause::Cause;
use super::explanation::Explanation;

/// One key in two configs: both traces, and why the second has another backend.
#[derive(Debug, Serialize)]
pub struct Difference<'a> {
    key: &'a str,
    moved: bool,
    /// The cause in words.
    why: String,
    cause: Cause,
    before: Explanation<'a>,
    after: Explanation<'a>,
}

impl<'a> Difference<'a> {
    pub(super) fn new(
        key: &'a str,
        cause: Cause,
        before: Explanation<'a>,
        after: Explanation<'a>,
    ) -> Self {
        Self {
            key,
            moved: cause != Cause::Same,
            why: cause.words(),
            cause,
            before,
            after,
        }
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(&self) -> &str {
        self.key
    }

    /// Returns whether the key has another backend in the second config.
    #[must_use]
    pub const fn has_moved(&self) -> bool {
        self.moved
    }

    /// Returns the cause.
    #[must_use]
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Returns the cause in words.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Returns the name of the backend in each config, if there is one.
    #[must_use]
    pub const fn backends(&self) -> [Option<&str>; 2] {
        [self.before.backend(), self.after.backend()]
    }

    /// Returns the steps of both traces beside each other: a label, and what it is in each. A step that only one trace
    /// has is blank in the other.
    #[must_use]
    pub fn steps(&self) -> Vec<[String; 3]> {
        let traces = [&self.before, &self.after].map(|trace| {
            let mut lines = vec![("algorithm", trace.algorithm().to_owned())];
            lines.extend(trace.lines());
            lines
        });
        beside(&traces)
    }
}

/// Pairs the lines of two lists that have the same labels in the same order; the others are alone.
fn beside(lists: &[Vec<(&'static str, String)>; 2]) -> Vec<[String; 3]> {
    let mut left = lists.each_ref().map(Vec::as_slice);
    let mut rows = Vec::new();
    loop {
        let [before, after] = left;
        let (takes_before, takes_after) = match (before.first(), after.first()) {
            (None, None) => return rows,
            (Some((label, _)), Some((other, _))) if label == other => (true, true),
            // A line waits if its label comes later in the other list.
            (Some((label, _)), Some(_)) => {
                let waits = after.iter().any(|(later, _)| later == label);
                (!waits, waits)
            }
            (before, after) => (before.is_some(), after.is_some()),
        };
        let label = if takes_before { before } else { after }[0].0;
        let text = |takes: bool, lines: &[(&str, String)]| match takes {
            true => lines[0].1.clone(),
            false => String::new(),
        };
        rows.push([
            label.to_owned(),
            text(takes_before, before),
            text(takes_after, after),
        ]);
        left = [
            &before[usize::from(takes_before)..],
            &after[usize::from(takes_after)..],
        ];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_one_label_are_beside_each_other() {
        let lines = |labels: &[&'static str]| -> Vec<_> {
            labels
                .iter()
                .map(|&label| (label, label.to_owned()))
                .collect()
        };
        let rows = beside(&[
            lines(&["hash", "point", "skipped", "backend"]),
            lines(&["hash", "entry", "backend", "next"]),
        ]);
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        assert_eq!(
            rows,
            [
                ["hash", "hash", "hash"],
                ["point", "point", ""],
                ["skipped", "skipped", ""],
                ["entry", "", "entry"],
                ["backend", "backend", "backend"],
                ["next", "", "next"],
            ]
        );
    }
}
