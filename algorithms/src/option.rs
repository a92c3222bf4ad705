//! Numeric options: one declaration with a range gives the type, the check, the error, reading and display.

/// A whole-number option with a range, with or without a default.
macro_rules! whole_number_option {
    (
        $(#[doc = $doc:literal])*
        $name:ident, $option:literal: $min:literal to $max:literal
        $(, $(#[doc = $default_doc:literal])* default $default:literal)?
    ) => {
        $(#[doc = $doc])*
        #[doc = concat!("\n\nA whole number from ", $min, " to ", $max $(, ", by default ", $default)?, ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(u32);

        impl $name {
            /// The smallest number.
            pub const MIN: u32 = $min;
            /// The largest number.
            pub const MAX: u32 = $max;
            $($(#[doc = $default_doc])* pub const DEFAULT: Self = Self($default);)?

            #[doc = concat!("Checks a number.\n\n# Errors\n[`BuildError::OutOfRange`](crate::BuildError::OutOfRange) outside ", $min, " to ", $max, ".")]
            pub fn new(number: u64) -> Result<Self, $crate::error::BuildError> {
                match u32::try_from(number) {
                    Ok(number @ Self::MIN..=Self::MAX) => Ok(Self(number)),
                    _ => Err($crate::error::BuildError::OutOfRange {
                        option: $option,
                        value: number.to_string(),
                        min: Self::MIN,
                        max: Self::MAX,
                    }),
                }
            }

            /// Returns the number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        $(impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        })?

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let expecting = concat!("a whole number from ", $min, " to ", $max);
                $crate::de::whole_number(deserializer, &expecting, Self::new)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.0)
            }
        }
    };
}

/// A decimal option with a range, stored with six decimals, with or without a default.
macro_rules! decimal_option {
    (
        $(#[doc = $doc:literal])*
        $name:ident, $option:literal: $min:literal to $max:literal
        $(, $(#[doc = $default_doc:literal])* default $default:literal)?
    ) => {
        $(#[doc = $doc])*
        #[doc = concat!("\n\nA number from ", $min, " to ", $max, ", stored with six decimals" $(, "; by default ", $default)?, ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            millionths: u32,
        }

        impl $name {
            $($(#[doc = $default_doc])* pub const DEFAULT: Self = Self::of($default);)?

            #[doc = concat!("Checks a number.\n\n# Errors\n[`BuildError::OutOfRange`](crate::BuildError::OutOfRange) outside ", $min, " to ", $max, ".")]
            pub fn new(number: f64) -> Result<Self, $crate::error::BuildError> {
                if (f64::from($min)..=f64::from($max)).contains(&number) {
                    Ok(Self::of(number))
                } else {
                    Err($crate::error::BuildError::OutOfRange {
                        option: $option,
                        value: number.to_string(),
                        min: $min,
                        max: $max,
                    })
                }
            }

            const fn of(number: f64) -> Self {
                let millionths = (number * $crate::option::MILLIONTHS as f64 + 0.5) as u32;
                Self { millionths }
            }

            /// Returns the number.
            #[must_use]
            pub fn get(self) -> f64 {
                f64::from(self.millionths) / f64::from($crate::option::MILLIONTHS)
            }
        }

        $(impl Default for $name {
            fn default() -> Self {
                Self::of($default)
            }
        })?

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.get(), f)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let expecting = concat!("a number from ", $min, " to ", $max);
                $crate::de::number(deserializer, expecting, Self::new)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::ser::number(self.get(), serializer)
            }
        }
    };
}

/// An option with a fixed set of words, the first of which is the default.
#[cfg(feature = "dialects")]
macro_rules! word_option {
    (
        $(#[doc = $doc:literal])*
        $name:ident:
        $(#[doc = $default_doc:literal])* $default:ident $default_word:literal
        $(, $(#[doc = $variant_doc:literal])* $variant:ident $word:literal)* $(,)?
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $default_doc])*
            #[default]
            $default,
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl $name {
            /// All words.
            pub const ALL: &'static [Self] = &[Self::$default $(, Self::$variant)*];
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(match self {
                    Self::$default => $default_word,
                    $(Self::$variant => $word,)*
                })
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let expecting = concat!("`", $default_word, "`" $(, ", `", $word, "`")*);
                let words = [($default_word, Self::$default) $(, ($word, Self::$variant))*];
                $crate::de::one_of(deserializer, expecting, &words)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

#[cfg(feature = "dialects")]
pub(crate) use word_option;
pub(crate) use {decimal_option, whole_number_option};

/// The units of a whole in which decimal options are stored.
pub(crate) const MILLIONTHS: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use crate::BuildError;
    use crate::strategy::least_request::Bias;
    use crate::strategy::power_of_two_choices::Choices;

    fn refusal(option: &'static str, value: &str, min: u32, max: u32) -> BuildError {
        let value = value.to_owned();
        BuildError::OutOfRange {
            option,
            value,
            min,
            max,
        }
    }

    #[test]
    fn whole_numbers_are_checked() {
        for wrong in [0, 1, 17, 1 << 32 | 4, u64::MAX] {
            let error = refusal("choices", &wrong.to_string(), 2, 16);
            assert_eq!(Choices::new(wrong), Err(error));
        }
        let ends = [Choices::MIN, Choices::MAX];
        assert_eq!(
            ends.map(|end| Choices::new(end.into()).unwrap().get()),
            ends
        );
        assert_eq!(Choices::default(), Choices::new(2).unwrap());
        assert_eq!(Choices::DEFAULT.to_string(), "2");
    }

    #[test]
    fn decimals_are_checked_and_rounded() {
        for wrong in [-0.1, 10.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = refusal("bias", &wrong.to_string(), 0, 10);
            assert_eq!(Bias::new(wrong), Err(error));
        }
        let ends = [0., 10.];
        assert_eq!(ends.map(|end| Bias::new(end).unwrap().get()), ends);
        assert_eq!(Bias::default(), Bias::new(1.).unwrap());
        assert_eq!(Bias::new(1.234_567_8).unwrap().to_string(), "1.234568");
    }
}
