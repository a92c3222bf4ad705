//! The options of a bound, and how they are read and written.

use crate::strategy::bounded_load::bound::Factor;

/// Where a key goes if its backend has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// To the next backend in its order of preference.
    #[default]
    Walk,
    /// To the backend of the key hashed again.
    Rehash,
}

/// The options of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The factor by which a load may exceed its share.
    pub factor: Factor,
    /// Where a key goes if its backend has no room.
    pub overflow: Overflow,
}

impl From<Factor> for Options {
    fn from(factor: Factor) -> Self {
        let overflow = Overflow::default();
        Self { factor, overflow }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Overflow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Walk => "walk",
            Self::Rehash => "rehash",
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        if self.overflow == Overflow::Walk {
            return serializer.serialize_f64(self.factor.get());
        }
        let mut fields = serializer.serialize_struct("Options", 2)?;
        fields.serialize_field("factor", &self.factor)?;
        fields.serialize_field("overflow", &self.overflow)?;
        fields.end()
    }
}

#[cfg(feature = "serde")]
mod read {
    use std::fmt;

    use serde::de::value::MapAccessDeserializer;
    use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

    use super::{Options, Overflow};
    use crate::strategy::bounded_load::bound::Factor;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        factor: Factor,
        #[serde(default)]
        overflow: Overflow,
    }

    impl<'de> Deserialize<'de> for Overflow {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let words = [("walk", Self::Walk), ("rehash", Self::Rehash)];
            crate::de::one_of(deserializer, "`walk` or `rehash`", &words)
        }
    }

    impl<'de> Deserialize<'de> for Options {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(FactorOrFields)
        }
    }

    struct FactorOrFields;

    impl<'de> Visitor<'de> for FactorOrFields {
        type Value = Options;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number from 1 to 1000, or a map with `factor`")
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Options, E> {
            Factor::deserialize(number.into_deserializer()).map(Into::into)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Options, E> {
            self.visit_f64(number as f64)
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Options, E> {
            self.visit_f64(number as f64)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Options, A::Error> {
            let Fields { factor, overflow } = Fields::deserialize(MapAccessDeserializer::new(map))?;
            Ok(Options { factor, overflow })
        }
    }
}
