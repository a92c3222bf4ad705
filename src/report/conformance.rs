//! Which laws a strategy keeps, as a table, and what breaks the others.

use crate::conform::{Conformance, Line, Outcome};
use crate::sheet::{Sheet, Style, fields, paragraphs, wrapped};

/// The answer, a table of the laws, why some are not kept, and the smallest counter-example to each that should be.
pub(crate) fn table(conformance: &Conformance, style: Style) -> String {
    let rows = conformance.laws.iter().map(|line| {
        let promised = if line.promised { "yes" } else { "no" };
        let verdict = match &line.outcome {
            Outcome::Kept => "kept",
            Outcome::Broken { .. } => "broken",
            Outcome::NotApplicable { .. } => "not applicable",
        };
        [line.law, promised, verdict, line.sentence].map(str::to_owned)
    });
    let sheet =
        Sheet::of(&["law", "promised", "verdict", "meaning"], 4, rows).sparing(&["meaning"]);
    let mut parts = vec![wrapped(&answer(conformance), style), sheet.text(style)];
    let reasons: Vec<_> = conformance.laws.iter().filter_map(reason).collect();
    parts.push(fields(&reasons, style));
    let examples = conformance.faults().map(counter_example);
    parts.extend(examples.map(|example| wrapped(&example, style)));
    paragraphs(parts) + "\n"
}

fn answer(conformance: &Conformance) -> String {
    let Conformance { algorithm, laws } = conformance;
    let count =
        |counted: fn(&Outcome) -> bool| laws.iter().filter(|line| counted(&line.outcome)).count();
    let kept = count(|outcome| matches!(outcome, Outcome::Kept));
    let broken = count(|outcome| matches!(outcome, Outcome::Broken { .. }));
    let others = laws.len() - kept - broken;
    let counts =
        format!("{algorithm}: laws kept: {kept}, broken: {broken}, not applicable: {others}.");
    let faults: Vec<_> = conformance.faults().map(|line| line.law).collect();
    match faults.is_empty() {
        true => counts,
        false => format!(
            "{counts} Broken although promised or requested: {}.",
            faults.join(", ")
        ),
    }
}

/// What a law that is broken says, or why one is not applicable.
fn reason(line: &Line) -> Option<(&'static str, String)> {
    match &line.outcome {
        Outcome::Kept => None,
        Outcome::Broken { .. } => Some((line.law, format!("broken: {}", line.sentence))),
        Outcome::NotApplicable { reason } => Some((line.law, format!("not applicable: {reason}"))),
    }
}

fn counter_example(line: &Line) -> String {
    let Outcome::Broken { steps, found } = &line.outcome else {
        return String::new();
    };
    format!(
        "Smallest counter-example to {}:\n  {}\n  {found}",
        line.law,
        steps.join("\n  ")
    )
}
