//! Reports the health of backends to a program.

use super::answer::Refusal;
use super::capabilities::Health;
use super::conversation::Conversation;
use super::failure::Failed;
use super::request::expect;

impl Health {
    /// Reports to a program whether a backend is healthy.
    pub(super) fn tell(
        self,
        conversation: &mut Conversation,
        name: &str,
        healthy: bool,
    ) -> Result<Result<(), Refusal>, Failed> {
        let (kind, field, answered) = match self {
            Self::SetHealthy => ("set_healthy", "healthy", "set_healthy_ok"),
            Self::SetEligible => ("set_eligible", "eligible", "set_eligible_ok"),
            Self::Restarted => return Ok(Ok(())),
        };
        conversation.ask(
            |ask| {
                ask.write(kind, |message| {
                    message.with("backend", name).with(field, healthy)
                });
            },
            |answer| expect(answer, answered),
        )
    }
}
