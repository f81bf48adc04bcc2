//! Status callbacks on their way, and astray.

use super::due::Due;
use super::faults::Astray;
use super::leg::LegId;
use super::markup::Target;
use super::webhook::{Kind, Params, Purpose};
use super::world::World;

impl World {
    /// Sends a status callback, unless something is to go wrong with it.
    pub(super) fn status_notice(&mut self, id: LegId, target: Target, own: Params) {
        let astray = self.faults.goes_astray(&target.url);
        let Some(hook) = self.hook(id, Kind::Status, target, own, Purpose::Notice) else { return };
        match astray {
            Some(Astray::Never) => {}
            Some(Astray::Late(length)) => self.plan_after(length, Due::Hook(Box::new(hook))),
            Some(Astray::AfterNext) => self.faults.overtaken = Some(hook),
            Some(Astray::Twice) => {
                self.plan_now(Due::Hook(Box::new(hook.clone())));
                self.plan_now(Due::Hook(Box::new(hook)));
            }
            None if self.overlap => self.launch(&hook),
            None => {
                self.plan_now(Due::Hook(Box::new(hook)));
                if let Some(overtaken) = self.faults.overtaken.take() {
                    self.plan_now(Due::Hook(Box::new(overtaken)));
                }
            }
        }
    }
}
