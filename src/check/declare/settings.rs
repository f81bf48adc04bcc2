//! `settings`: names and types; their defaults are checked when everything is declared.

use super::super::annotate::Annotator;
use super::super::world::{Setting, World};
use super::names::{Names, Space};
use crate::syntax::tree::{File, ItemKind};
use crate::types::Type;

pub(super) fn declare<'t>(file: &'t File, world: &mut World, names: &mut Names<'_>, annotator: &Annotator<'_, 't>) {
    for item in &file.items {
        let ItemKind::Settings(lines) = &item.kind else { continue };
        for line in lines {
            let ty = line.ty.as_ref().map_or(Type::Unknown, |ty| annotator.annotate(world, ty));
            for name in &line.names {
                if !names.take(Space::Value("setting"), name) {
                    continue;
                }
                let setting = Setting {
                    name: name.text.as_str().into(),
                    doc: line.doc.clone(),
                    ty: ty.clone(),
                    secret: line.secret,
                    default: None,
                    span: name.span,
                    ty_span: line.ty.as_ref().map_or(name.span, |ty| ty.span),
                };
                world.settings.add(setting.name.clone(), setting);
            }
        }
    }
}
