//! A backend as an entry of a plain list.

use crate::backend::Backend;
use crate::contract::name::Name;

/// A backend of a [`Model`](super::Model).
#[derive(Clone, Debug)]
pub struct Member {
    /// Its description.
    pub backend: Backend,
    /// Whether it is healthy.
    pub healthy: bool,
    /// How many requests it has in flight.
    pub open: u64,
    pub(super) name: Name,
    /// Distinguishes a backend that left and came back from the earlier one.
    pub(super) born: usize,
}

impl Member {
    pub(super) const fn new(name: Name, backend: Backend, born: usize) -> Self {
        Self {
            name,
            backend,
            healthy: true,
            open: 0,
            born,
        }
    }

    /// Returns its name.
    #[must_use]
    pub const fn name(&self) -> Name {
        self.name
    }

    /// Returns its weight.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.backend.weight().get().into()
    }

    /// Returns whether it may get requests, regardless of its cap.
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.healthy && !self.backend.is_draining() && !self.backend.is_down()
    }

    /// Returns the members in service: the backups only if no other member is eligible.
    pub fn active(members: &[Self]) -> impl Iterator<Item = &Self> {
        let primary = |member: &Self| member.is_eligible() && !member.backend.is_backup();
        let alone = !members.iter().any(primary);
        members
            .iter()
            .filter(move |member| primary(member) || alone && member.is_eligible())
    }

    /// Returns the members that may get a request that has already tried these backends.
    pub fn admitted<'a>(members: &'a [Self], tried: &[Name]) -> impl Iterator<Item = &'a Self> {
        let room = |member: &Self| {
            let most = member.backend.max_in_flight();
            most.is_none_or(|most| member.open < u64::from(most.get()))
        };
        Self::active(members).filter(move |member| room(member) && !tried.contains(&member.name()))
    }
}
