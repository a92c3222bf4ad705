//! The options of algorithms: a typed section for each, by the algorithm's name.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use crate::section_key::SectionKey;

/// The requirement for stored options: serializable, with the feature `serde`.
#[cfg(feature = "serde")]
pub trait Writable: erased_serde::Serialize {}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> Writable for T {}

/// The requirement for stored options: serializable, with the feature `serde`.
#[cfg(not(feature = "serde"))]
pub trait Writable {}

#[cfg(not(feature = "serde"))]
impl<T> Writable for T {}

/// The options of one algorithm: any type that can be stored, compared and, with the feature `serde`, written.
pub trait Section: Any + Debug + Send + Sync + Writable {
    /// Returns whether both have the same type and are equal.
    fn is_equal(&self, other: &dyn Section) -> bool;

    /// Returns whether it equals the defaults.
    fn is_default(&self) -> bool;
}

impl<T: Any + Debug + Default + PartialEq + Send + Sync + Writable> Section for T {
    fn is_equal(&self, other: &dyn Section) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref() == Some(self)
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(feature = "serde")]
erased_serde::serialize_trait_object!(Section);

/// The options of every algorithm that has any set, so that one config serves several algorithms.
///
/// ```
/// use evenkeel_algorithms::strategy::ketama;
/// use evenkeel_algorithms::Options;
///
/// let mut options = Options::default();
/// let points_per_weight = ketama::PointsPerWeight::new(40)?;
/// options.set(ketama::SECTION, ketama::Options { points_per_weight });
/// assert_eq!(options.get(ketama::SECTION).points_per_weight, points_per_weight);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    sections: BTreeMap<&'static str, Arc<dyn Section>>,
}

impl Options {
    /// Returns the section of an algorithm, or the default section if it is not set.
    #[must_use]
    pub fn get<T: Section + Clone + Default>(&self, key: SectionKey<T>) -> T {
        let section = self.sections.get(key.algorithm()).and_then(|section| {
            let section: &dyn Any = &**section;
            section.downcast_ref::<T>()
        });
        section.cloned().unwrap_or_default()
    }

    /// Sets the section of an algorithm.
    pub fn set<T: Section>(&mut self, key: SectionKey<T>, section: T) {
        self.sections.insert(key.algorithm(), Arc::new(section));
    }

    /// Changes the section of an algorithm.
    pub fn change<T: Section + Clone + Default>(
        &mut self,
        key: SectionKey<T>,
        change: impl FnOnce(&mut T),
    ) {
        let mut section = self.get(key);
        change(&mut section);
        self.set(key, section);
    }

    /// Returns the names of the algorithms with a section.
    pub fn algorithms(&self) -> impl Iterator<Item = &'static str> {
        self.sections.keys().copied()
    }

    /// Sets a section that was read from a config.
    #[cfg(feature = "serde")]
    pub(crate) fn insert(&mut self, algorithm: &'static str, section: Arc<dyn Section>) {
        self.sections.insert(algorithm, section);
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    /// Writes the set sections, by algorithm in alphabetical order. Defaults may be written out: a section reads back
    /// as one that answers the same, though not always as an equal one.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sections = self.sections.iter();
        serializer.collect_map(sections.map(|(algorithm, section)| (algorithm, &**section)))
    }
}

impl PartialEq for Options {
    /// Returns whether every algorithm gets the same options; unset options equal the defaults.
    fn eq(&self, other: &Self) -> bool {
        let mut names = self.algorithms().chain(other.algorithms());
        names.all(
            |name| match (self.sections.get(name), other.sections.get(name)) {
                (Some(own), Some(other)) => own.is_equal(&**other),
                (Some(alone), None) | (None, Some(alone)) => alone.is_default(),
                (None, None) => true,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::{anchor, ketama, maglev};

    fn points(number: u64) -> ketama::Options {
        ketama::Options {
            points_per_weight: ketama::PointsPerWeight::new(number).unwrap(),
        }
    }

    #[test]
    fn unset_options_are_the_default() {
        let mut options = Options::default();
        assert_eq!(options.get(ketama::SECTION), ketama::Options::default());
        options.set(ketama::SECTION, points(7));
        assert_eq!(options.get(ketama::SECTION), points(7));
        assert!(options.algorithms().eq(["ketama"]));
    }

    #[test]
    fn a_change_starts_from_the_set_options() {
        let mut options = Options::default();
        options.change(anchor::SECTION, |own| {
            assert_eq!(own.capacity, None);
            own.capacity = Some(anchor::Capacity::new(9).unwrap());
        });
        options.change(anchor::SECTION, |own| {
            assert_eq!(own.capacity, Some(anchor::Capacity::new(9).unwrap()));
        });
    }

    #[test]
    fn the_default_is_the_same_set_or_unset() {
        let mut options = Options::default();
        options.set(ketama::SECTION, ketama::Options::default());
        assert_eq!(options, Options::default());
        assert_eq!(Options::default(), options);
        options.set(ketama::SECTION, points(7));
        assert_ne!(options, Options::default());
        assert_ne!(Options::default(), options);
    }

    #[test]
    fn options_with_the_same_sections_and_values_are_equal() {
        let set = |sections: &[(&'static str, u64)]| {
            let mut options = Options::default();
            for &(name, number) in sections {
                options.set(SectionKey::new(name), points(number));
            }
            options
        };
        assert_eq!(set(&[("a", 1), ("b", 2)]), set(&[("b", 2), ("a", 1)]));
        assert_ne!(set(&[("a", 1)]), set(&[("a", 2)]));
        assert_ne!(set(&[("a", 1)]), set(&[("b", 1)]));
        assert_ne!(set(&[("a", 1)]), set(&[("a", 1), ("b", 2)]));
        let mut other = Options::default();
        other.set(SectionKey::new("a"), maglev::Options::default());
        assert_ne!(set(&[("a", 1)]), other);
        assert_ne!(other, set(&[("a", 1)]));
        let (copy, mut changed) = (other.clone(), other);
        changed.set(SectionKey::new("a"), points(1));
        assert_ne!(copy, changed);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn set_sections_are_written_by_name_for_any_type() {
        /// The options that the author of another crate writes.
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        struct Layers {
            layers: u64,
        }

        let mut options = Options::default();
        assert_eq!(serde_json::to_string(&options).unwrap(), "{}");
        options.set(SectionKey::new("stranger"), Layers { layers: 3 });
        options.set(ketama::SECTION, points(7));
        assert_eq!(
            serde_json::to_string(&options).unwrap(),
            r#"{"ketama":{"points_per_weight":7},"stranger":{"layers":3}}"#
        );
    }

    /// Read twice, because a section may read back as one that only answers the same.
    #[cfg(feature = "serde")]
    #[test]
    fn every_section_is_written_as_it_is_read() {
        use serde_json::{Value, json};

        use crate::card::OptionHelp;
        use crate::registry::Registry;

        let cards = || Registry::builtin().cards();
        let with_options = cards().filter(|card| !card.options.is_empty());
        let sections: Value = with_options
            .map(|card| (card.name.to_owned(), json!({})))
            .collect();
        let read = |sections: &Value| serde_json::from_value::<Options>(sections.clone()).unwrap();
        let options = read(&sections);
        let written = serde_json::to_value(&options).unwrap();
        for card in cards().filter(|card| !card.options.is_empty()) {
            let section = written[card.name].as_object().unwrap();
            let is_written = |option: &OptionHelp| section.contains_key(option.name);
            assert!(card.options.iter().all(is_written), "{card}");
        }
        assert_eq!(serde_json::to_value(read(&written)).unwrap(), written);
    }
}
