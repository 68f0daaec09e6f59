//! Tools of a server's own, and a server's version of shared ones.

use super::{
    Done, Moderation, Moderator, Refusal, Step, listed, room_for_tool,
    typed::{self, Fault, Field},
};
use crate::{
    catalog::typed::TypedTool,
    domain::{
        change::{State, Subject, ToolEntry},
        ids::ToolId,
        tool::Tool,
    },
    error::Failure,
};

impl Moderation {
    /// Checks a tool without adding it, so that mistakes can be told before more is typed.
    ///
    /// # Errors
    /// Everything that is wrong, in all fields but those of `not_yet`.
    pub fn check_tool(&self, by: Moderator, tool: &TypedTool, not_yet: &[Field]) -> Result<(), Vec<Fault>> {
        let checked = typed::check(&self.view(by.server), tool, None, self.clock.now().date());
        let mut faults = checked.err().unwrap_or_default();
        faults.retain(|fault| !not_yet.contains(&fault.field));
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Adds a tool that is seen in this server only. Its id is made.
    ///
    /// # Errors
    /// Everything that is wrong with what was typed, or a fault of the store.
    pub async fn add_tool(&self, by: Moderator, new: &TypedTool) -> Result<Done, Refusal> {
        let _turn = self.turn(by.server).await;
        let view = self.view(by.server);
        let tool = typed::check(&view, new, None, self.clock.now().date()).map_err(Refusal::Faults)?;
        room_for_tool(&view)?;
        let tool = Tool { id: new_id()?, ..tool };
        let subject = Subject::Tool(tool.id.clone());
        let after = Some(State::shown(tool.clone()));
        let step = Step { subject: subject.clone(), before: None, after: after.clone() };
        let change = self.commit(by, vec![step]).await?;
        let tidied = typed::is_tidied(new);
        Ok(Done { change, tool_before: None, tool, subject, before: None, after, tidied })
    }

    /// Changes a tool for this server. A shared tool keeps its id and so its votes; the server then has its own version.
    ///
    /// `edit` turns what stands now, in boxes, into what shall stand.
    ///
    /// # Errors
    /// What `edit` says, everything that is wrong with what was typed, or a fault of the store.
    pub async fn edit_tool(
        &self,
        by: Moderator,
        id: &ToolId,
        edit: impl FnOnce(TypedTool) -> Result<TypedTool, Vec<Fault>>,
    ) -> Result<Done, Refusal> {
        let _turn = self.turn(by.server).await;
        let view = self.view(by.server);
        let old = listed(&view, id)?.tool.as_ref().clone();
        let wanted = edit(typed::as_typed(&old)).map_err(Refusal::Faults)?;
        let today = self.clock.now().date();
        let tool = typed::check(&view, &wanted, Some(&old), today).map_err(Refusal::Faults)?;
        let tidied = typed::is_tidied(&wanted);
        let subject = Subject::Tool(old.id.clone());
        let before = self.state(by, &subject).await?;
        let after = Some(State::shown(tool.clone()));
        if tool == old {
            let (tool_before, after) = (Some(old), before.clone());
            return Ok(Done { change: None, tool_before, tool, subject, before, after, tidied });
        }
        let mut steps = Vec::with_capacity(2);
        let mut standing = before.clone();
        if before.is_none() {
            room_for_tool(&view)?;
            // First the shared tool as it is, then what becomes of it: so undo can tell which fields were changed.
            standing = Some(State::shown(old.clone()));
            steps.push(Step { subject: subject.clone(), before: None, after: standing.clone() });
        }
        steps.push(Step { subject: subject.clone(), before: standing, after: after.clone() });
        let change = self.commit(by, steps).await?;
        Ok(Done { change, tool_before: Some(old), tool, subject, before, after, tidied })
    }

    /// Hides a tool in this server. Its ballots stay for 30 days and come back with undo.
    ///
    /// # Errors
    /// `moderation-tool-gone` when it is not seen here, or a fault of the store.
    pub async fn remove_tool(&self, by: Moderator, id: &ToolId) -> Result<Done, Refusal> {
        let _turn = self.turn(by.server).await;
        let view = self.view(by.server);
        let tool = listed(&view, id)?.tool.as_ref().clone();
        let subject = Subject::Tool(tool.id.clone());
        let before = self.state(by, &subject).await?;
        let own = match &before {
            Some(State::Tool(entry)) => entry.tool.clone(),
            _ => {
                room_for_tool(&view)?;
                None
            }
        };
        let after = Some(State::Tool(ToolEntry { tool: own, hidden: Some(self.clock.now()) }));
        let step = Step { subject: subject.clone(), before: before.clone(), after: after.clone() };
        let change = self.commit(by, vec![step]).await?;
        Ok(Done { change, tool_before: Some(tool.clone()), tool, subject, before, after, tidied: false })
    }
}

fn new_id() -> Result<ToolId, Refusal> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| {
        Refusal::Other(Failure::Internal(anyhow::anyhow!("no randomness for the id of a tool: {error}")))
    })?;
    Ok(ToolId::for_server(u64::from_le_bytes(random)))
}
