//! A report before it is written: what tables, Markdown and pages have in common.

use super::view::View;
use crate::plot::Plot;
use crate::sheet::{Sheet, Style, paragraphs, wrapped};

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
    /// What text shows of it unless all of it is asked for; none where all of it is short.
    pub(crate) brief: Option<Brief>,
    /// Empty where nobody wants to see them.
    pub(crate) plots: Vec<Plot>,
    /// What it means; if there is no other answer, the first is the answer.
    pub(crate) conclusions: Vec<String>,
    /// What would be better.
    pub(crate) advice: Vec<String>,
}

/// A report on one screen.
#[derive(Debug, Default)]
pub(crate) struct Brief {
    /// On what it was measured, in one line.
    pub(crate) setting: String,
    pub(crate) sheets: Vec<Sheet>,
    /// What it means, and how to see more.
    pub(crate) conclusions: Vec<String>,
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

    /// As text: all of it, or what one screen has room for.
    pub(super) fn text(&self, view: View) -> String {
        let style = view.style();
        match &self.brief {
            Some(brief) if !view.details => {
                let lines = |lines: &[String]| wrapped(&lines.join("\n"), style);
                let mut parts = vec![wrapped(&brief.setting, style), lines(&self.caveats)];
                parts.extend(brief.sheets.iter().map(|sheet| sheet.text(style)));
                parts.push(lines(&brief.conclusions));
                paragraphs(parts) + "\n"
            }
            _ => self.whole(style),
        }
    }

    /// All but the plots and what only pages show.
    pub(super) fn whole(&self, style: Style) -> String {
        let lines = |lines: &[String]| wrapped(&lines.join("\n"), style);
        let mut parts = vec![wrapped(&self.setting, style), lines(&self.caveats)];
        parts.extend(self.sheets.iter().map(|sheet| sheet.text(style)));
        parts.push(lines(&self.conclusions));
        parts.push(lines(&self.advice));
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
            document.text(View::whole(None)),
            "here\n\ntherefore\n\nbetter\nbest\n"
        );
    }
}
