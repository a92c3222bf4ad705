//! A report before it is written: what tables, Markdown and pages have in common.

use crate::plot::Plot;
use crate::sheet::{Sheet, Style, paragraphs};

/// A report before it is written.
#[derive(Debug, Default)]
pub struct Document {
    /// What is asked, as a sentence for somebody who was not there. Only pages show it.
    pub(crate) question: String,
    /// What answers it, where no conclusion does. Only pages show it.
    pub(crate) answer: Option<String>,
    /// On what it was measured.
    pub(crate) setting: String,
    /// What is not as it seems.
    pub(crate) caveats: Vec<String>,
    pub(crate) sheets: Vec<Sheet>,
    /// Empty where nobody wants to see them.
    pub(crate) plots: Vec<Plot>,
    /// What it means; if there is no other answer, the first is the answer.
    pub(crate) conclusions: Vec<String>,
    /// What would be better.
    pub(crate) advice: Vec<String>,
}

impl Document {
    /// What answers the question: the answer of its own, else the first conclusion.
    pub(crate) fn answer(&self) -> Option<&str> {
        let answer = self.answer.as_ref().or(self.conclusions.first());
        answer.map(String::as_str)
    }

    /// The conclusions beside the answer.
    pub(crate) fn other_conclusions(&self) -> &[String] {
        let answers = usize::from(self.answer.is_none());
        self.conclusions.get(answers..).unwrap_or_default()
    }

    /// All but the plots and what only pages show.
    pub(super) fn text(&self, style: Style) -> String {
        let mut parts = vec![self.setting.clone(), self.caveats.join("\n")];
        parts.extend(self.sheets.iter().map(|sheet| sheet.text(style)));
        parts.push(self.conclusions.join("\n"));
        parts.push(self.advice.join("\n"));
        paragraphs(parts) + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_conclusion_is_said_twice() {
        let conclusions = ["one", "two"].map(str::to_owned);
        let mut document = Document {
            conclusions: conclusions.to_vec(),
            ..Document::default()
        };
        assert_eq!(document.answer(), Some("one"));
        assert_eq!(document.other_conclusions(), ["two"]);
        document.answer = Some("zero".to_owned());
        assert_eq!(document.answer(), Some("zero"));
        assert_eq!(document.other_conclusions(), ["one", "two"]);
        assert!(Document::default().other_conclusions().is_empty());
    }

    #[test]
    fn what_only_pages_show_is_not_in_the_text() {
        let document = Document {
            question: "why?".to_owned(),
            answer: Some("so".to_owned()),
            setting: "here".to_owned(),
            conclusions: vec!["therefore".to_owned()],
            advice: vec!["better".to_owned(), "best".to_owned()],
            ..Document::default()
        };
        assert_eq!(
            document.text(Style::Framed),
            "here\n\ntherefore\n\nbetter\nbest\n"
        );
    }
}
