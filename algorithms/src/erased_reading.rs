//! Reads values of a type that is known only through a function pointer.
//!
//! `erased_serde` converts every error to text, at each nested value. The error of the format has more than its text,
//! such as the line and column; this module keeps it beside the text and restores it on the other side of the erasure.
//! So reading fails exactly as without erasure.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// Returns what a function reads from any deserializer.
///
/// # Errors
/// The deserializer's own error.
pub(crate) fn read_erased<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&mut dyn erased_serde::Deserializer<'de>) -> Result<T, erased_serde::Error>,
) -> Result<T, D::Error> {
    restored(|kept| {
        let keeping = Keeping {
            inner: deserializer,
            kept,
        };
        let mut erased = <dyn erased_serde::Deserializer<'_>>::erase(keeping);
        read(&mut erased).map_err(D::Error::custom)
    })
}

/// The last error of the format that passed into the erasure as text.
type Kept<E> = Cell<Option<E>>;

/// Passes an error on as text and keeps the original.
fn keep<T, E: Error>(result: Result<T, E>, kept: &Kept<E>) -> Result<T, E> {
    result.map_err(|error| {
        let text = E::custom(&error);
        kept.set(Some(error));
        text
    })
}

/// Returns the result of an erased read, with the kept error in place of its text.
fn restored<T, E: Error>(read: impl FnOnce(&Kept<E>) -> Result<T, E>) -> Result<T, E> {
    let kept = Cell::new(None);
    read(&kept).map_err(|error| {
        // The type may have handled the kept error and failed with its own.
        let is_same = |kept: &E| kept.to_string() == error.to_string();
        kept.take().filter(is_same).unwrap_or(error)
    })
}

/// A part of the format: its errors are kept when they enter the erasure.
struct Keeping<'k, T, E> {
    inner: T,
    kept: &'k Kept<E>,
}

/// A part of the type that is read: its errors are restored when they leave the erasure.
struct Restoring<T>(T);

macro_rules! deserialize {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            keep(self.inner.$method($($argument,)* Restoring(visitor)), self.kept)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Keeping<'_, D, D::Error> {
    type Error = D::Error;

    deserialize! {
        deserialize_any() deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf()
        deserialize_option() deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq() deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier() deserialize_ignored_any()
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Keeping<'_, A, A::Error> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        keep(self.inner.next_element_seed(Restoring(seed)), self.kept)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Keeping<'_, A, A::Error> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        keep(self.inner.next_key_seed(Restoring(seed)), self.kept)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        keep(self.inner.next_value_seed(Restoring(seed)), self.kept)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'k, 'de, A: EnumAccess<'de>> EnumAccess<'de> for Keeping<'k, A, A::Error> {
    type Error = A::Error;
    type Variant = Keeping<'k, A::Variant, A::Error>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let Self { inner, kept } = self;
        let (value, inner) = keep(inner.variant_seed(Restoring(seed)), kept)?;
        Ok((value, Keeping { inner, kept }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Keeping<'_, A, A::Error> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        keep(self.inner.unit_variant(), self.kept)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        keep(self.inner.newtype_variant_seed(Restoring(seed)), self.kept)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        keep(self.inner.tuple_variant(len, Restoring(visitor)), self.kept)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = Restoring(visitor);
        keep(self.inner.struct_variant(fields, visitor), self.kept)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Restoring<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        restored(|kept| self.0.deserialize(Keeping { inner, kept }))
    }
}

/// Visits of plain values.
macro_rules! visit {
    ($($method:ident($($value:ident: $type:ty)?))*) => {
        $(fn $method<E: Error>(self, $($value: $type)?) -> Result<V::Value, E> {
            self.0.$method($($value)?)
        })*
    };
}

/// Visits of values that contain more input of the format.
macro_rules! visit_within {
    ($($method:ident: $format:ident)*) => {
        $(fn $method<A: $format<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
            restored(|kept| self.0.$method(Keeping { inner, kept }))
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Restoring<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool(value: bool)
        visit_i8(value: i8) visit_i16(value: i16) visit_i32(value: i32) visit_i64(value: i64)
        visit_i128(value: i128)
        visit_u8(value: u8) visit_u16(value: u16) visit_u32(value: u32) visit_u64(value: u64)
        visit_u128(value: u128)
        visit_f32(value: f32) visit_f64(value: f64)
        visit_char(value: char)
        visit_str(value: &str) visit_borrowed_str(value: &'de str) visit_string(value: String)
        visit_bytes(value: &[u8]) visit_borrowed_bytes(value: &'de [u8])
        visit_byte_buf(value: Vec<u8>)
        visit_none() visit_unit()
    }

    visit_within! {
        visit_some: Deserializer
        visit_newtype_struct: Deserializer
        visit_seq: SeqAccess
        visit_map: MapAccess
        visit_enum: EnumAccess
    }
}
