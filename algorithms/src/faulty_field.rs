//! Maps each build error to the field of a config that causes it.

use crate::error::BuildError;
use crate::field::{BackendField, Field};
use crate::refusal::Refusal;

impl BuildError {
    /// Creates an error of an algorithm of another crate: why it cannot be built, and which field of the config to
    /// change.
    ///
    /// ```
    /// use evenkeel_algorithms::{BuildError, Field};
    ///
    /// let error = BuildError::refused(Field::Option("layers"), "layers 7 is odd; expected an even number");
    /// assert_eq!(error.to_string(), "layers 7 is odd; expected an even number");
    /// assert_eq!(error.field(), Field::Option("layers"));
    /// ```
    pub fn refused(field: Field<'_>, text: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(field, text.into()))
    }

    /// Returns the field of the config that causes the error.
    ///
    /// ```
    /// use evenkeel_algorithms::strategy::maglev;
    /// use evenkeel_algorithms::{Field, LoadBalancer, Maglev, Pool, Seed};
    ///
    /// let table_size = maglev::TableSize::new(2)?;
    /// let maglev = Maglev::new(Seed::DEFAULT, maglev::Options { table_size });
    /// let error = LoadBalancer::new(maglev, Pool::new(["b1", "b2", "b3"])?).unwrap_err();
    /// assert_eq!(error.field(), Field::Option("table_size"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn field(&self) -> Field<'_> {
        match self {
            Self::EmptyName
            | Self::UnprintableName { .. }
            | Self::DuplicateName { .. }
            | Self::TooManyBackends { .. }
            | Self::ZeroWeight
            | Self::WeightTooLarge { .. }
            | Self::TooManyBuckets { .. }
            | Self::TooManyPoints { option: None, .. } => Field::Backends,
            Self::OutOfRange { option, .. }
            | Self::Unfit { option, .. }
            | Self::NeedsOption { option, .. }
            | Self::TooManyPoints {
                option: Some(option),
                ..
            } => Field::Option(option),
            Self::Refused(refusal) => refusal.field(),
            Self::CapacityExceeded { .. } => Field::Option("capacity"),
            Self::TableSizeNotPrime { .. }
            | Self::TableTooLarge { .. }
            | Self::TableTooSmall { .. } => Field::Option("table_size"),
            Self::NumberOutOfRange { .. } | Self::RingSizes { .. } => Field::Options,
            Self::WarmUp { .. } | Self::WarmUpWithoutKey => Field::WarmUp,
            Self::BoundedLoadWithoutKey => Field::BoundedLoad,
            Self::SameToDialect {
                names: [_, second], ..
            } => Field::Backend {
                name: second,
                field: BackendField::All,
            },
            Self::WeightAboveDialect { name, .. } => Field::Backend {
                name,
                field: BackendField::Weight,
            },
            Self::AttributeOutOfRange {
                name, attribute, ..
            }
            | Self::DuplicateAttribute {
                name, attribute, ..
            } => Field::Backend {
                name,
                field: BackendField::Attribute(attribute),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::Algorithm;
    use crate::backend::{Backend, Weight};
    use crate::hash::Seed;
    use crate::pool::Pool;
    use crate::strategy::bounded_load::{self, BoundedLoad};
    use crate::strategy::warm_up::{self, WarmUp};
    use crate::strategy::{Anchor, Ketama, RoundRobin, anchor};

    fn refused(
        algorithm: &impl Algorithm,
        backends: impl IntoIterator<Item = Backend>,
    ) -> BuildError {
        let pool = Pool::new(backends).unwrap();
        algorithm.build(&pool, None).unwrap_err()
    }

    fn heavy(name: &str) -> Backend {
        Backend::new(name).with_weight(Weight::MAX)
    }

    #[test]
    fn an_option_that_does_not_fit_the_pool_is_named() {
        let points = refused(&Ketama::default(), [heavy("a"), heavy("b")]);
        assert_eq!(points.field(), Field::Option("points_per_weight"));
        let capacity = Some(anchor::Capacity::new(2).unwrap());
        let anchor = Anchor::new(Seed::DEFAULT, anchor::Options { capacity });
        let full = refused(&anchor, ["a", "b", "c"].map(Backend::new));
        assert_eq!(full.field(), Field::Option("capacity"));
    }

    #[test]
    fn an_error_of_another_crate_keeps_its_field() {
        let weight = Field::Backend {
            name: "b",
            field: BackendField::Weight,
        };
        let fields = [
            weight,
            Field::Options,
            Field::Option("layers"),
            Field::WarmUp,
            Field::BoundedLoad,
            Field::Backends,
        ];
        for field in fields {
            assert_eq!(BuildError::refused(field, "no").field(), field);
        }
    }

    #[test]
    fn an_error_that_no_option_solves_is_in_the_backends() {
        let buckets = refused(
            &Anchor::default(),
            (0..20).map(|name| heavy(&name.to_string())),
        );
        assert!(matches!(buckets, BuildError::TooManyBuckets { .. }));
        assert_eq!(buckets.field(), Field::Backends);
        let twice = Pool::new(["a", "a"]).unwrap_err();
        assert_eq!(twice.field(), Field::Backends);
    }

    #[test]
    fn wrappers_are_distinguished_from_the_algorithm() {
        let factor = bounded_load::Factor::new(2.).unwrap();
        let bounded = BoundedLoad::new(RoundRobin, factor);
        assert_eq!(refused(&bounded, []).field(), Field::BoundedLoad);
        let over = warm_up::Options::over(warm_up::Options::MAX).unwrap();
        let warm_up = WarmUp::new(RoundRobin, Seed::DEFAULT, over);
        assert_eq!(refused(&warm_up, []).field(), Field::WarmUp);
        let inside = BoundedLoad::new(Ketama::default(), factor);
        let inside = refused(&inside, [heavy("a"), heavy("b")]);
        assert_eq!(inside.field(), Field::Option("points_per_weight"));
    }

    #[cfg(feature = "dialects")]
    #[test]
    fn a_backend_that_a_program_rejects_is_named() {
        use crate::attributes::Attributes;
        use crate::dialect::haproxy_hash_consistent::{HashKey, Options};
        use crate::dialect::{HaproxyHashConsistent, HaproxyLeastconn, PingoraKetama};

        let field = |error: BuildError| match error.field() {
            Field::Backend { name, field } => (name.to_owned(), field),
            other => panic!("{other:?}"),
        };
        let weight = refused(&HaproxyLeastconn, [Backend::new("a"), heavy("b")]);
        assert_eq!(field(weight), ("b".to_owned(), BackendField::Weight));
        let guid = |name: &str| {
            Backend::new(name).with_attributes(Attributes {
                guid: Some("g".into()),
                ..Attributes::default()
            })
        };
        let options = Options {
            hash_key: HashKey::Guid,
            ..Options::default()
        };
        let twice = refused(&HaproxyHashConsistent::new(options), ["a", "b"].map(guid));
        let expected = ("b".to_owned(), BackendField::Attribute("guid"));
        assert_eq!(field(twice), expected);
        let address = |name: &str| Backend::new(name);
        let same = refused(
            &PingoraKetama::default(),
            ["127.0.0.1:80", "127.0.0.1:080"].map(address),
        );
        assert_eq!(field(same), ("127.0.0.1:80".to_owned(), BackendField::All));
    }
}
