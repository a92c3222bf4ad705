//! A report before it is written: what tables, Markdown and pages have in common.

use super::view::View;
use crate::plot::Plot;
use crate::sheet::{Sheet, Style, paragraphs, wrapped};

/// A report before it is written.
#[derive(Debug, Default)]
pub struct Document {
    /// The question that a page begins with.
    pub(crate) question: String,
    /// What answers it, where no conclusion does.
    pub(crate) answer: Option<String>,
    /// On what it was measured.
    pub(crate) setting: String,
    /// What to know before the figures are used.
    pub(crate) caveats: Vec<String>,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) listings: Vec<Listing>,
    /// What text shows of it unless all of it is asked for; none where all of it is short.
    pub(crate) brief: Option<Brief>,
    /// Empty where none are drawn.
    pub(crate) plots: Vec<Plot>,
    /// What it means; if there is no other answer, the first is the answer.
    pub(crate) conclusions: Vec<String>,
    /// What would be better.
    pub(crate) advice: Vec<String>,
}

/// A report on one screen: the answer, and what to see of the rest.
#[derive(Debug, Default)]
pub(crate) struct Brief {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) listings: Vec<Listing>,
    /// Lines below the tables; without them the document's conclusions follow its answer.
    pub(crate) conclusions: Option<Vec<String>>,
    /// What else there is to see, after [`MORE`].
    pub(crate) more: String,
}

/// A file to be copied, such as a config.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) title: String,
    pub(crate) text: String,
}

impl Listing {
    /// In Markdown a block of code; as text the lines as they are, so that they can be copied.
    fn text(&self, style: Style) -> String {
        let (title, text) = (&self.title, self.text.trim_end());
        match style {
            Style::Markdown => format!("{title}\n\n```\n{text}\n```"),
            Style::Text { .. } => format!("{title}:\n\n{text}"),
        }
    }
}

/// How a report on one screen says that there is more.
const MORE: &str = "More: `--details` prints all tables.";

/// Lines that text and Markdown begin with what they are; pages have headings.
fn labelled(label: &str, lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| format!("{label}: {line}"))
        .collect()
}

impl Document {
    /// What answers the question: the answer of its own, else the first conclusion.
    pub(crate) fn answer(&self) -> Option<&str> {
        let answer = self.answer.as_ref().or(self.conclusions.first());
        answer.map(String::as_str)
    }

    /// The conclusions besides the answer.
    pub(crate) fn other_conclusions(&self) -> &[String] {
        let answers = usize::from(self.answer.is_none());
        self.conclusions.get(answers..).unwrap_or_default()
    }

    /// As text: all of it, or what one screen has room for.
    pub(super) fn text(&self, view: View) -> String {
        let style = view.style();
        match &self.brief {
            Some(brief) if !view.details => self.on_one_screen(brief, style),
            _ => self.whole(style),
        }
    }

    fn on_one_screen(&self, brief: &Brief, style: Style) -> String {
        let lines = |lines: &[String]| wrapped(&lines.join("\n"), style);
        let mut above: Vec<_> = self.answer.iter().cloned().collect();
        let mut below = Vec::new();
        match &brief.conclusions {
            Some(conclusions) => below.extend_from_slice(conclusions),
            None => above.extend_from_slice(&self.conclusions),
        }
        below.extend([self.setting.clone(), format!("{MORE}{}", brief.more)]);
        let mut parts = vec![lines(&above)];
        parts.extend(brief.sheets.iter().map(|sheet| sheet.text(style)));
        parts.extend(brief.listings.iter().map(|listing| listing.text(style)));
        parts.extend([
            lines(&labelled("Advice", &self.advice)),
            lines(&labelled("Note", &self.caveats)),
            lines(&below),
        ]);
        paragraphs(parts) + "\n"
    }

    /// All but the question and the plots: the answer first.
    pub(super) fn whole(&self, style: Style) -> String {
        let lines = |lines: &[String]| wrapped(&lines.join("\n"), style);
        let mut parts = vec![
            wrapped(self.answer().unwrap_or_default(), style),
            wrapped(&self.setting, style),
            lines(&labelled("Note", &self.caveats)),
        ];
        parts.extend(self.sheets.iter().map(|sheet| sheet.text(style)));
        parts.extend(self.listings.iter().map(|listing| listing.text(style)));
        parts.extend([
            lines(self.other_conclusions()),
            lines(&labelled("Advice", &self.advice)),
        ]);
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
    fn a_report_answers_first_and_only_pages_show_the_question() {
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
            "so\n\nhere\n\ntherefore\n\nAdvice: better\nAdvice: best\n"
        );
    }
}
