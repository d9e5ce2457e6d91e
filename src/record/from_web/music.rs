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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check;

    #[test]
    fn only_an_english_title_names_the_owner() {
        check(
            "music_null",
            &[
                ("/music", json!(null)),
                ("/added_sound_music_info", json!(null)),
            ],
        );
        check(
            "music_by_the_author",
            &[
                ("/music/owner_handle", json!("mira.k")),
                ("/music/duration", json!(54)),
                ("/music/is_original_sound", json!(true)),
                ("/music/album", json!("")),
                (
                    "/music/play_url/url_list",
                    json!(["https://cdn.example/s.mp3"]),
                ),
            ],
        );
        check(
            "music_by_another",
            &[
                ("/music/owner_handle", json!(null)),
                ("/music/play_url", json!(null)),
            ],
        );
        check(
            "music_title_in_another_language",
            &[("/music/owner_handle", json!(null))],
        );
    }
}
