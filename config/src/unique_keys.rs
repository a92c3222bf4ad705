//! A deserializer that rejects maps with a repeated key.
//!
//! serde reports a repeated field at the start of its map, and uses the last of two equal keys in a map that is not a
//! struct. Here the second key is rejected while it is read, so that the parser adds its line and column.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Reads like the inner deserializer, but rejects repeated keys everywhere.
pub(super) struct UniqueKeys<D>(pub(super) D);

/// Methods that forward to the same method of a deserializer: for scalars, and for enums with words as values.
macro_rules! hand_on {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

/// Methods with a visitor that may get a map, or a value that contains maps.
macro_rules! check_within {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Checked(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for UniqueKeys<D> {
    type Error = D::Error;

    hand_on! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier
    }

    check_within! {
        deserialize_any()
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(CheckedOption(visitor))
    }

    /// Ignored values are read anyway: they may contain a repeated key.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserialize_any(visitor)
    }
}

/// A visitor that checks maps.
struct Checked<V>(V);

macro_rules! visit {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Checked<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128,
        visit_f64: f64, visit_str: &str, visit_borrowed_str: &'de str);

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(UniqueKeys(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let seen = BTreeSet::new();
        self.0.visit_map(Entries { map, seen })
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, tagged: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(tagged)
    }
}

/// A visitor of an optional value, which is checked if present.
struct CheckedOption<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for CheckedOption<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(UniqueKeys(inner))
    }
}

/// A value that is read through [`UniqueKeys`].
struct Value<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Value<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(UniqueKeys(deserializer))
    }
}

/// The items of a list.
struct Items<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Value(seed))
    }
}

/// The entries of a map, with the keys so far.
struct Entries<'de, A> {
    map: A,
    seen: BTreeSet<Cow<'de, str>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'de, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seen = &mut self.seen;
        self.map.next_key_seed(NewKey { inner: seed, seen })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Value(seed))
    }
}

/// A key that its map does not have yet, first as a seed, then as a deserializer, then as a visitor.
struct NewKey<'seen, 'de, T> {
    inner: T,
    seen: &'seen mut BTreeSet<Cow<'de, str>>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for NewKey<'_, 'de, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(NewKey {
            inner: deserializer,
            seen: self.seen,
        })
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for NewKey<'_, 'de, D> {
    type Error = D::Error;

    /// Reads a key as a text, even if it looks like a number.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_str(NewKey {
            inner: visitor,
            seen: self.seen,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, T> NewKey<'_, 'de, T> {
    fn check<E: Error>(&mut self, key: Cow<'de, str>) -> Result<(), E> {
        if let Some(key) = self.seen.get(&key) {
            return Err(E::custom(format_args!(
                "field `{key}` is set twice in one map"
            )));
        }
        self.seen.insert(key);
        Ok(())
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for NewKey<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(mut self, key: &str) -> Result<V::Value, E> {
        self.check(Cow::Owned(key.to_owned()))?;
        self.inner.visit_str(key)
    }

    fn visit_borrowed_str<E: Error>(mut self, key: &'de str) -> Result<V::Value, E> {
        self.check(Cow::Borrowed(key))?;
        self.inner.visit_borrowed_str(key)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::IgnoredAny;

    use super::*;

    /// Returns the location of the error in a text that is read as some type.
    fn refused<T: for<'de> Deserialize<'de>>(text: &str) -> Option<(usize, usize)> {
        let read = T::deserialize(UniqueKeys(serde_yaml::Deserializer::from_str(text)));
        let place = read.err()?.location()?;
        Some((place.line(), place.column()))
    }

    #[test]
    fn a_repeated_key_is_rejected_in_every_map() {
        let text = "a: 1\nb: [{c: 1, d: {e: 1,\n  e: 2}}]\n";
        assert_eq!(refused::<serde_json::Value>(text), Some((3, 3)));
        assert_eq!(refused::<Option<serde_json::Value>>(text), Some((3, 3)));
        assert_eq!(refused::<IgnoredAny>(text), Some((3, 3)));
    }

    #[test]
    fn equal_keys_of_different_maps_pass() {
        let text = "a: {b: 1}\nc: {b: ~}\nd: [{b: x}, {b: '1'}]\n80: {b: 2.5}\n";
        assert_eq!(refused::<serde_json::Value>(text), None);
        assert_eq!(refused::<IgnoredAny>(text), None);
    }
}
