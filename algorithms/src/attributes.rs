//! Facts about a backend that only some dialects use.

/// What another program knows about a backend besides its name and weight. Only dialects read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Attributes {
    /// HAProxy: the server's `id`. By default the server is numbered by its position.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub id: Option<Number>,
    /// HAProxy: the server's `guid`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub guid: Option<Box<str>>,
    /// Envoy: the endpoint's metadata `envoy.lb` / `hash_key`, which is its identity unless empty.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hash_key: Option<Box<str>>,
    /// Envoy: the endpoint's `hostname`, which is its identity if the cluster is configured so.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hostname: Option<Box<str>>,
    /// Katran: the 64-bit hash of the endpoint.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hash: Option<Number>,
    /// Cilium: the text that is hashed for the backend, such as `[10.0.0.1:80/TCP,State:active]`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hash_string: Option<Box<str>>,
    /// go-redis: the name of the shard.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub shard: Option<Box<str>>,
}

impl Attributes {
    /// No attribute is set.
    pub(crate) const NONE: Self = Self {
        id: None,
        guid: None,
        hash_key: None,
        hostname: None,
        hash: None,
        hash_string: None,
        shard: None,
    };
}

/// A whole number that may also be written as a string, because JSON readers round large numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number(pub u64);

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl serde::de::Visitor<'_> for NumberOrText {
            type Value = Number;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number from 0 to 18446744073709551615")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                let unexpected = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
                // `parse` alone would read a plus sign as well.
                let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse().ok().filter(|_| is_whole);
                number.map(Number).ok_or_else(unexpected)
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_written_as_they_are_read() {
        let attributes = Attributes {
            hash: Some(Number(u64::MAX)),
            shard: Some("s".into()),
            ..Attributes::default()
        };
        let text = r#"{"hash":18446744073709551615,"shard":"s"}"#;
        assert_eq!(serde_json::to_string(&attributes).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<Attributes>(text).unwrap(),
            attributes
        );
        assert_eq!(serde_json::to_string(&Attributes::NONE).unwrap(), "{}");
        for wrong in [r#""+5""#, r#""""#, r#""-5""#, "-5"] {
            assert!(serde_json::from_str::<Number>(wrong).is_err(), "{wrong}");
        }
    }
}
