//! Finds locations in a YAML text that serde does not report.
//!
//! serde has no location for a fault that is found after reading. But if a visitor rejects a value, the parser adds the
//! location of its error; the walks here reject values for this purpose.

use std::fmt;

use evenkeel_algorithms::{Backend, BackendField, BuildError, Card, Field};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fault::Fault;
use super::unique_keys::UniqueKeys;

/// Rejects the faults that any YAML may have: a map with a repeated key, a tag, a second document, an unexpected end.
pub(super) fn refuse_ill_formed(text: &str) -> Result<(), Fault> {
    match Untagged::deserialize(UniqueKeys(serde_yaml::Deserializer::from_str(text))) {
        Ok(Untagged) => Ok(()),
        // The error has no location, and no kind to match on.
        Err(error) if error.to_string().contains("more than one document") => {
            Err(of_second_document(text).unwrap_or_else(|| error.into()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the fault of a text with more than one document, at the start of the second.
fn of_second_document(text: &str) -> Option<Fault> {
    let second = serde_yaml::Deserializer::from_str(text).nth(1)?;
    let place = Walk { path: &[] }.deserialize(second).err()?.location()?;
    Some(Fault {
        place: Some((place.line(), place.column())),
        what: "a second document begins here; expected a single one".to_owned(),
    })
}

/// Returns the fault of a config that cannot be built, at the option or the backend.
pub(super) fn of_build_error(
    text: &str,
    algorithm: &Card,
    backends: &[Backend],
    error: &BuildError,
) -> Fault {
    let number = |name: &str| {
        let place = backends.iter().position(|backend| backend.name() == name);
        place.unwrap_or_default().to_string()
    };
    let place = match error.field() {
        Field::Options => place_of(text, &["options", algorithm.name]),
        Field::Option(option) => place_of(text, &["options", algorithm.name, option]),
        Field::WarmUp => place_of(text, &["warm_up"]),
        Field::BoundedLoad => place_of(text, &["bounded_load"]),
        Field::Backend { name, field } => {
            let number = number(name);
            let path: &[&str] = match field {
                BackendField::Weight => &["backends", &number, "weight"],
                BackendField::Attribute(name) => &["backends", &number, "attributes", name],
                _ => &["backends", &number],
            };
            place_of(text, path)
        }
        _ => None,
    };
    let place = place.or_else(|| place_of(text, &["backends"]));
    Fault {
        place,
        what: error.to_string(),
    }
}

/// Returns line and column of the value at a path.
pub fn place_of(text: &str, path: &[&str]) -> Option<(usize, usize)> {
    let walked = Walk { path }.deserialize(serde_yaml::Deserializer::from_str(text));
    walked.err()?.location().map(|at| (at.line(), at.column()))
}

/// Any value without a tag.
struct Untagged;

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

/// Accepts values that a visitor does not need.
macro_rules! accept {
    ($value:expr; $($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($value)
        })*
    };
}

impl<'de> Visitor<'de> for Untagged {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a config: a map with `backends`")
    }

    accept!(Self; visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128,
        visit_u128: u128, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, tagged: A) -> Result<Self, A::Error> {
        let (tag, _) = tagged.variant::<String>()?;
        Err(A::Error::custom(format_args!(
            "unexpected tag `!{tag}`; remove it"
        )))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, Self>()?.is_some() {}
        Ok(self)
    }
}

/// Follows a path of keys and list indices, and rejects the value at its end.
struct Walk<'a> {
    path: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the path")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            return Err(A::Error::custom("the end of the path"));
        };
        let before = first.parse().map_err(A::Error::custom)?;
        for _ in 0..before {
            items.next_element::<IgnoredAny>()?;
        }
        items.next_element_seed(Walk { path: rest })?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            return Err(A::Error::custom("the end of the path"));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == *first {
                return map.next_value_seed(Walk { path: rest });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_located() {
        let fault = refuse_ill_formed("a: 1\nb:\n  - {c: 1, d: 2}\n  - {c: 1,\n     c: 2}\n");
        let fault = fault.unwrap_err();
        assert_eq!(fault.place, Some((5, 6)));
        assert!(fault.what.contains("`c` is set twice"), "{fault}");
    }

    #[test]
    fn a_second_document_is_located() {
        let fault = refuse_ill_formed("a: 1\n---\nb: 1\n").unwrap_err();
        assert_eq!(fault.place, Some((3, 1)));
        assert!(fault.what.starts_with("a second document"), "{fault}");
        assert_eq!(refuse_ill_formed("---\na: 1\n"), Ok(()));
    }

    /// There are too many aliases before the text ends.
    #[test]
    fn a_truncated_document_is_not_read_further() {
        let text = "a: &a\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b,*c,*d]";
        assert!(refuse_ill_formed(text).is_err());
    }

    #[test]
    fn equal_keys_of_different_maps_and_all_scalars_pass() {
        let text = "a: {b: 1.5, c: -1}\nd: {b: true, c: ~}\ne: [x, 'y']\n";
        assert_eq!(refuse_ill_formed(text), Ok(()));
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = "x: 1\noptions:\n  ketama: {points: 2}\n  maglev:\n    table_size: 7\n";
        assert_eq!(
            place_of(text, &["options", "maglev", "table_size"]),
            Some((5, 17))
        );
        assert_eq!(place_of(text, &["options", "maglev"]), Some((5, 5)));
        assert_eq!(place_of(text, &["backends"]), None);
    }
}
