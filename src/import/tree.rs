//! A YAML or JSON document in which values have locations.

use evenkeel_config::{Fault, from_yaml, place_of};
use serde_json::Value;

use crate::exchange::Place;
use crate::text::whole;

/// A document.
pub(super) struct Document<'a> {
    text: &'a str,
    root: Value,
}

/// A value in a document, and the path to it.
#[derive(Clone)]
pub(super) struct Node<'a> {
    document: &'a Document<'a>,
    value: &'a Value,
    path: Vec<String>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Fault> {
        let root = from_yaml(text)?;
        Ok(Self { text, root })
    }

    pub(super) fn root(&'a self) -> Node<'a> {
        Node {
            document: self,
            value: &self.root,
            path: Vec::new(),
        }
    }
}

impl<'a> Node<'a> {
    pub(super) const fn value(&self) -> &'a Value {
        self.value
    }

    fn child(&self, step: String, value: &'a Value) -> Self {
        let mut path = self.path.clone();
        path.push(step);
        Self {
            document: self.document,
            value,
            path,
        }
    }

    /// Returns the value of a field, also if it is in camel case, as in protobuf's JSON. A null value counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let map = self.value.as_object()?;
        let found = map.get_key_value(name);
        let (key, value) = found.or_else(|| map.get_key_value(&camel_case(name)))?;
        (!value.is_null()).then(|| self.child(key.clone(), value))
    }

    /// Returns the value at the end of a path of fields.
    pub(super) fn at(&self, names: &[&str]) -> Option<Self> {
        names
            .iter()
            .try_fold(self.clone(), |node, name| node.get(name))
    }

    /// Returns the members of a list; none for any other value.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(number, value)| self.child(number.to_string(), value))
    }

    /// Returns the fields of a map; none for any other value.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let fields = self.value.as_object().into_iter().flatten();
        fields.map(|(name, value)| (name.as_str(), self.child(name.clone(), value)))
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// Returns a name of an enumeration, which may be written as its number.
    pub(super) fn word(&self, words: &[&'a str]) -> Option<&'a str> {
        let numbered = || words.get(usize::try_from(self.value.as_u64()?).ok()?);
        self.text().or_else(|| numbered().copied())
    }

    /// Returns the value, with a whole number in a string as a number.
    pub(super) fn plain(&self) -> Value {
        self.number()
            .map_or_else(|| self.value.clone(), Value::from)
    }

    /// Returns a whole number, also from a string: protobuf's JSON writes large ones as strings.
    pub(super) fn number(&self) -> Option<u64> {
        let text = self.value.as_str();
        self.value.as_u64().or_else(|| whole(text?))
    }
}

/// To find the line of a value, the document is read again up to that value.
impl Place for Node<'_> {
    fn line(&self) -> usize {
        let path: Vec<_> = self.path.iter().map(String::as_str).collect();
        place_of(self.document.text, &path).map_or(1, |(line, _)| line)
    }
}

/// Returns whether a key of a document is a field's name, in either case.
pub(super) fn is_same_field(name: &str, key: &str) -> bool {
    key == name || key == camel_case(name)
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let mut chars = part.chars();
        let head = chars.next().map(|head| head.to_ascii_uppercase());
        camel + &head.into_iter().chain(chars).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_either_name_and_have_a_line() {
        let document = Document::parse("a_bc:\n  - x: 1\n  - xYz: '2'\nn: ~\n").unwrap();
        let root = document.root();
        let second = root.get("a_bc").unwrap().items().nth(1).unwrap();
        let value = second.get("x_yz").unwrap();
        assert_eq!((value.number(), value.line()), (Some(2), 3));
        assert!(root.get("n").is_none());
    }
}
