//! Advice as a document.

use anyhow::Result;

use super::{evidence, words};
use crate::advise::Recommendation;
use crate::report::document::{Brief, Document, Listing};
use crate::report::reported::Reported;

impl Reported for Recommendation {
    fn document(&self) -> Document {
        let config = self.config.as_ref().map(|config| Listing {
            title: "Config".to_owned(),
            text: config.clone(),
        });
        let scenario = (!self.scenario.is_empty()).then(|| Listing {
            title: "Events during each run".to_owned(),
            text: self.scenario.clone(),
        });
        let sheets = [
            evidence::evidence(self),
            evidence::costs(self),
            evidence::excluded(self),
            evidence::what_ifs(self),
        ];
        let brief = Brief {
            sheets: evidence::brief(self)
                .or_else(|| evidence::excluded(self))
                .into_iter()
                .collect(),
            listings: config.clone().into_iter().collect(),
            ..Brief::default()
        };
        Document {
            question: "Which strategy meets these needs?".to_owned(),
            answer: Some(words::answer(self)),
            setting: words::setting(self),
            caveats: self.caveats.clone(),
            sheets: sheets.into_iter().flatten().collect(),
            listings: config.into_iter().chain(scenario).collect(),
            brief: Some(brief),
            conclusions: words::conclusions(self),
            ..Document::default()
        }
    }

    fn csv(&self) -> Result<Vec<u8>> {
        evidence::csv(self)
    }
}
