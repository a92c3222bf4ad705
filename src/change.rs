//! One change of the membership.

use std::fmt;

use anyhow::{Context, Result, bail};
use evenkeel_algorithms::{Backend, Weight};

/// A change of the membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembershipChange {
    /// A backend joins at the end of the list.
    Add(Backend),
    /// A backend leaves.
    Remove(String),
    /// A backend's weight changes.
    Reweight(String, Weight),
    /// A backend is replaced by one of another name, with all its fields except the address.
    Replace(String, String),
}

impl MembershipChange {
    /// Returns the changes in order: joins, removals, then all others.
    #[must_use]
    pub fn listed(add: &[Backend], remove: &[String], others: &[Self]) -> Vec<Self> {
        let added = add.iter().cloned().map(Self::Add);
        let removed = remove.iter().cloned().map(Self::Remove);
        let others = others.iter().cloned();
        added.chain(removed).chain(others).collect()
    }

    /// Returns the default changes: a new backend `b<N+1>` (or the first unused name after it) joins; the last one
    /// leaves, unless it is the only one.
    #[must_use]
    pub fn defaults(backends: &[Backend]) -> Vec<Self> {
        let unused = |name: &String| backends.iter().all(|backend| backend.name() != name);
        let mut names = (backends.len() + 1..).map(|number| format!("b{number}"));
        let mut changes: Vec<_> = names
            .find(unused)
            .map(Backend::new)
            .map(Self::Add)
            .into_iter()
            .collect();
        if let [_, .., last] = backends {
            changes.push(Self::Remove(last.name().to_owned()));
        }
        changes
    }

    /// Returns the backends after the change.
    ///
    /// # Errors
    /// If a name to add exists, a name to change does not, or no backend would be left.
    pub fn apply(&self, backends: &[Backend]) -> Result<Vec<Backend>> {
        let mut changed = backends.to_vec();
        match self {
            Self::Add(backend) => {
                if position(backends, backend.name()).is_some() {
                    bail!("{self}: a backend with this name exists already");
                }
                changed.push(backend.clone());
            }
            Self::Remove(name) => {
                changed.remove(self.place(backends, name)?);
                if changed.is_empty() {
                    bail!("{self}: no backend would be left");
                }
            }
            Self::Reweight(name, weight) => {
                let place = self.place(backends, name)?;
                changed[place] = changed[place].clone().with_weight(*weight);
            }
            Self::Replace(old, new) => {
                let place = self.place(backends, old)?;
                if position(backends, new).is_some() {
                    bail!("{self}: backend `{new}` exists already");
                }
                let elsewhere = changed[place].clone().without_address();
                changed[place] = elsewhere.with_name(new.as_str());
            }
        }
        Ok(changed)
    }

    fn place(&self, backends: &[Backend], name: &str) -> Result<usize> {
        position(backends, name).with_context(|| {
            let known: Vec<_> = backends
                .iter()
                .map(|backend| format!("`{}`", backend.name()))
                .take(MAX_LISTED)
                .collect();
            let more = if backends.len() > MAX_LISTED {
                ", …"
            } else {
                ""
            };
            let known = known.join(", ");
            format!("{self}: there is no backend `{name}`; expected one of {known}{more}")
        })
    }
}

/// The maximum number of backends that a message lists.
const MAX_LISTED: usize = 10;

fn position(backends: &[Backend], name: &str) -> Option<usize> {
    backends.iter().position(|backend| backend.name() == name)
}

impl fmt::Display for MembershipChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(backend) if backend.weight() == Weight::MIN => {
                write!(f, "add {}", backend.name())
            }
            Self::Add(backend) => write!(f, "add {}:{}", backend.name(), backend.weight()),
            Self::Remove(name) => write!(f, "remove {name}"),
            Self::Reweight(name, weight) => write!(f, "reweight {name}:{weight}"),
            Self::Replace(old, new) => write!(f, "replace {old} by {new}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_new_backend_has_an_unused_name() {
        let backends = ["b1", "b3", "b4"].map(Backend::from);
        let changes = MembershipChange::defaults(&backends);
        assert_eq!(
            changes,
            [
                MembershipChange::Add("b5".into()),
                MembershipChange::Remove("b4".into())
            ]
        );
        assert_eq!(
            MembershipChange::defaults(&["b1".into()]),
            [MembershipChange::Add("b2".into())]
        );
    }

    #[test]
    fn changes_that_do_not_fit_are_rejected() {
        let only = ["b1".into()];
        for change in [
            MembershipChange::Add("b1".into()),
            MembershipChange::Remove("b2".into()),
            MembershipChange::Remove("b1".into()),
            MembershipChange::Reweight("b2".into(), Weight::MAX),
        ] {
            assert!(change.apply(&only).is_err(), "{change}");
        }
    }
}
