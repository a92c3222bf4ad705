//! The settings of a dialect: its name and the values of its options.

use crate::card::Card;
use crate::hash::Fingerprint;
use crate::options::Options;

/// A dialect with the values of its options.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    algorithm: &'static Card,
    values: Box<[String]>,
}

impl Settings {
    pub(super) fn new(algorithm: &'static Card, options: &Options) -> Self {
        let values = algorithm.options.iter();
        Self {
            algorithm,
            values: values.map(|option| (option.value)(options)).collect(),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.algorithm.name
    }

    pub(super) fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(self.algorithm.name);
        for value in &self.values {
            fingerprint.text(value);
        }
    }
}
