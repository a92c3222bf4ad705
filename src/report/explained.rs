//! Keys before and after a change as a document.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::reported::Reported;
use crate::explain::{Difference, Differences};
use crate::sheet::Sheet;

impl Reported for Differences<'_> {
    fn document(&self) -> Document {
        let keys = self.keys.iter();
        Document {
            question: "Why did these keys move?".to_owned(),
            answer: Some(answer(&self.keys)),
            setting: format!("before: {}\nafter:  {}", self.before, self.after),
            sheets: keys.map(|key| sheet(key, self.keys.len() > 1)).collect(),
            ..Document::default()
        }
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record([
            "key", "from", "to", "moved", "why", "step", "before", "after",
        ])?;
        for key in &self.keys {
            let [from, to] = key.backends().map(Option::unwrap_or_default);
            let moved = key.has_moved().to_string();
            for [step, before, after] in key.steps() {
                let about = [key.key(), from, to, &moved, key.why()];
                writer.write_record(about.into_iter().chain([&*step, &before, &after]))?;
            }
        }
        Ok(writer.into_inner()?)
    }
}

/// The sentence about a single key, or how many of several move.
fn answer(keys: &[Difference<'_>]) -> String {
    if let [key] = keys {
        return sentence(key);
    }
    let moved = keys.iter().filter(|key| key.has_moved()).count();
    format!("{moved} of {} keys move.", keys.len())
}

/// What becomes of a key, and why.
fn sentence(key: &Difference<'_>) -> String {
    let [from, to] = key.backends().map(|name| name.unwrap_or("no backend"));
    match key.has_moved() {
        false => format!("{:?} stays at {to}.", key.key()),
        true => format!("{:?} moves from {from} to {to}: {}.", key.key(), key.why()),
    }
}

/// Both traces beside each other; of several keys, below what becomes of this one.
fn sheet(key: &Difference<'_>, titled: bool) -> Sheet {
    let sheet = Sheet::of(&["step", "before", "after"], 3, key.steps());
    match titled {
        true => sheet.titled(sentence(key)),
        false => sheet,
    }
}
