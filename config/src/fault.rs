//! A fault in a text, and its location.

use std::fmt;
use std::str::Utf8Error;

use super::suggestion::with_suggestion;
use super::wording;

/// A fault in a text, and its location. Displayed as `line:column: what`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line and column, both starting from 1, if they are known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, what was expected, and the nearest known name.
    pub what: String,
}

impl Fault {
    /// Returns the fault of a text that is not UTF-8.
    pub(super) fn not_utf8(bytes: &[u8], error: Utf8Error) -> Self {
        let before = &bytes[..error.valid_up_to()];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        Self {
            place: Some((line, before.len() - line_start + 1)),
            what: "not UTF-8 text; a config is YAML in UTF-8".to_owned(),
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl From<serde_yaml::Error> for Fault {
    fn from(error: serde_yaml::Error) -> Self {
        let place = error.location().map(|at| (at.line(), at.column()));
        let message = error.to_string();
        // The parser adds the location at the end, unless it is the start of the text.
        let what = place
            .and_then(|(line, column)| {
                message.strip_suffix(&format!(" at line {line} column {column}"))
            })
            .unwrap_or(&message);
        Self {
            place,
            what: with_suggestion(wording::of_yaml(what)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use evenkeel_algorithms::strategy::ketama;
    use evenkeel_algorithms::{
        Card, Family, Options, OptionsReader, Registry, SectionKey, SectionType,
    };
    use serde::de::{DeserializeOwned, DeserializeSeed};
    use serde::{Deserialize, Deserializer, Serialize};

    use super::super::unique_keys::UniqueKeys;
    use super::*;

    #[test]
    fn a_fault_in_a_section_is_located_there() {
        let text = "options: { ketama: { points_per_weight: 0 } }\nbackends: [a]\n";
        let fault = crate::Config::parse(text, Registry::builtin()).unwrap_err();
        assert_eq!(fault.place, Some((1, 41)));
        let expected = "options.ketama.points_per_weight: points_per_weight 0 is out of range; expected 1 to 65536";
        assert_eq!(fault.what, expected);
    }

    /// A section of options that another crate might have, with values of all kinds.
    #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default, deny_unknown_fields)]
    struct Layers {
        count: Option<u8>,
        names: BTreeMap<String, Vec<(char, bool)>>,
        inner: Option<Box<Layers>>,
        mode: Mode,
        even: Even,
        note: Note,
        nothing: (),
    }

    #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Mode {
        #[default]
        Plain,
        Deep(u8),
        Pair(u8, u8),
        Named {
            by: u8,
        },
    }

    /// Checked after it is read, so that the parser only knows the location of its map.
    #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(try_from = "u8", into = "u8")]
    struct Even(u8);

    impl TryFrom<u8> for Even {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            if number.is_multiple_of(2) {
                Ok(Self(number))
            } else {
                Err("this number is odd")
            }
        }
    }

    impl From<Even> for u8 {
        fn from(even: Even) -> Self {
            even.0
        }
    }

    /// Replaces errors of its content with its own.
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    struct Note(u8);

    impl<'de> Deserialize<'de> for Note {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let read = <(u8,)>::deserialize(deserializer);
            let of_own = |error| serde::de::Error::custom(format_args!("no note: {error}"));
            Ok(Self(read.map_err(of_own)?.0))
        }
    }

    const LAYERS: SectionKey<Layers> = SectionKey::new("stranger");

    static STRANGER: Card = Card {
        section: SectionType::of(LAYERS),
        ..Card::new(LAYERS.algorithm(), Family::Ring, ketama::CARD.make)
    };

    /// The sections of a registry with an algorithm of another crate.
    #[derive(Debug)]
    struct Sections(Options);

    impl<'de> Deserialize<'de> for Sections {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let registry = Registry::builtin().clone().with(&STRANGER).unwrap();
            OptionsReader(&registry).deserialize(deserializer).map(Self)
        }
    }

    /// The same, for a reader that knows the type of the section.
    #[derive(Debug, Deserialize)]
    struct Known {
        stranger: Layers,
    }

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
        Ok(T::deserialize(UniqueKeys(
            serde_yaml::Deserializer::from_str(text),
        ))?)
    }

    #[test]
    fn a_section_of_another_crate_is_read_as_if_its_type_were_known() {
        let section = "count: 3, names: {a: [[x, true]], b: []}, inner: {inner: {even: 4}}, \
            mode: !named {by: 2}, note: [5], nothing: ~";
        let text = format!("stranger: {{{section}}}");
        let known = read::<Known>(&text).unwrap().stranger;
        assert_eq!(read::<Sections>(&text).unwrap().0.get(LAYERS), known);
        for (wrong, place) in [
            ("count: 256", (3, 10)),
            ("count: [1]", (3, 10)),
            ("cuont: 1", (3, 3)),
            ("names: {a: [[x, true], [x, 1]]}", (3, 30)),
            ("names: {a: [[xy, true]]}", (3, 16)),
            ("names: {a: [[x]]}", (3, 15)),
            ("names: {a: [[x, true, 1]]}", (3, 15)),
            ("names: {a: [], a: []}", (3, 18)),
            ("inner: {inner: {count: -1}}", (3, 26)),
            ("inner: {inner: {count: 1, even: 3}}", (3, 18)),
            ("inner: {inner: [1, {}]}", (3, 18)),
            ("mode: flat", (3, 9)),
            ("mode: !flat {}", (3, 3)),
            ("mode: !deep 256", (3, 9)),
            ("mode: !pair [1]", (3, 9)),
            ("mode: !pair [1, x]", (3, 19)),
            ("mode: !named {by: x}", (3, 21)),
            ("mode: !named {at: 1}", (3, 9)),
            ("even: 3", (3, 3)),
            ("even: x", (3, 9)),
            ("note: [x]", (3, 3)),
            ("nothing: 1", (3, 12)),
            ("names: {a: [[x", (4, 1)),
        ] {
            let text = format!("# A comment.\nstranger:\n  {wrong}\n");
            let fault = read::<Sections>(&text).unwrap_err();
            assert_eq!(fault, read::<Known>(&text).unwrap_err(), "{wrong}");
            assert_eq!(fault.place, Some(place), "{wrong}: {fault}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_located() {
        let bytes = [b"ab\nc".as_slice(), &[0xFF]].concat();
        let fault = Fault::not_utf8(&bytes, std::str::from_utf8(&bytes).unwrap_err());
        assert_eq!(fault.place, Some((2, 2)));
    }
}
