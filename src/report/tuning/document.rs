//! A search for a setting as a document.

use anyhow::Result;

use super::words;
use crate::figures::{Columns, Figure, Measured};
use crate::report::csv::csv;
use crate::report::document::{Brief, Document};
use crate::report::reported::Reported;
use crate::sheet::Sheet;
use crate::tune::{Trial, Tuned};

impl Reported for Tuned {
    fn document(&self) -> Document {
        Document {
            question: words::question(self),
            answer: Some(words::answer(self)),
            setting: words::setting(self),
            sheets: vec![trials(self)],
            brief: Some(Brief::default()),
            conclusions: words::conclusions(self),
            ..Document::default()
        }
    }

    /// One row a setting that was tried, the cheapest first.
    fn csv(&self) -> Result<Vec<u8>> {
        let row = |trial: Option<&Trial>| {
            let text = |of: fn(&Trial) -> String| trial.map(of).unwrap_or_default();
            Columns::default()
                .column(self.option, text(|trial| trial.value.to_string()))
                .exact("", Trial::FIGURES, trial)
                .column("met", text(|trial| trial.met.to_string()))
                .column("seeds", text(|trial| trial.seeds.to_string()))
        };
        csv(&row(None), self.trials.iter().map(|trial| row(Some(trial))))
    }
}

/// What was tried, the cheapest first; only figures that some trial has.
fn trials(tuned: &Tuned) -> Sheet {
    let is_known = |figure: &Figure<Trial>| {
        let mut trials = tuned.trials.iter();
        trials.any(|trial| figure.of(trial).is_some())
    };
    let figures: Vec<_> = Trial::FIGURES
        .iter()
        .copied()
        .filter(|figure| is_known(figure))
        .collect();
    let row = |trial: &Trial| {
        Columns::default()
            .column(tuned.option, trial.value.to_string())
            .shown(&figures, Some(trial), None)
            .column("met", words::of_seeds(trial))
    };
    Sheet::of_columns(0, tuned.trials.iter().map(row))
        .titled("Search")
        .noted(
            "The cheapest setting first. met: number of seeds on which the setting meets the goal; too many failures \
             end a trial.",
        )
}
