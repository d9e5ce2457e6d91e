//! The sound of an item.

use serde::Deserialize;

use crate::record::lenient::{Count, Flag, Id, Media, Text};
use crate::record::{Music, known};

/// `music` of an item.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Sound {
    id: Id,
    title: Text,
    author_name: Text,
    duration: Count,
    play_url: Media,
    album: Text,
    original: Flag,
    cover_thumb: Media,
    cover_medium: Media,
    cover_large: Media,
}

/// The sound; its owner is only told by the English title of a sound the video's own author made.
pub(super) fn music(sound: Sound, handle: Option<&str>) -> Option<Music> {
    let title = sound.title.0;
    let named = title
        .as_deref()
        .and_then(|title| title.strip_prefix("original sound - "));
    let is_own = sound.original.0 == Some(true) && named.is_some() && named == handle;
    known(Music {
        id: sound.id.0,
        author: sound.author_name.0,
        owner_handle: handle.filter(|_| is_own).map(str::to_owned),
        title,
        duration: sound.duration.0,
        play_url: sound.play_url.asset(),
        album: sound.album.0,
        is_original_sound: sound.original.0,
        cover_thumb: sound.cover_thumb.asset(),
        cover_medium: sound.cover_medium.asset(),
        cover_large: sound.cover_large.asset(),
        ..Music::default()
    })
}
