"""The record that `import` makes of each line of the pretend site's feed, with orjson:
`python record_orjson.py FILE`.

It knows the shapes this corpus has and no other: one paragraph a caption, one spelling a key,
hashtags in lower case, no playlists, places, anchors, stickers or warnings, nothing of an odd type.
"""

import sys
from urllib.parse import quote

import orjson


def number(value):
    return None if value is None else int(value)


def count(exact, rounded, key):
    value = exact.get(key)
    return number(rounded.get(key) if value is None else value)


def expiry(url):
    """The second an address runs out: in its query, else in hexadecimal behind a signature in
    its path. No address of the corpus begins its query with `expire`."""
    rest = url.partition("x-expires=")[2] or url.partition("&expire=")[2]
    if rest:
        return int(rest.partition("&")[0])
    groups = url.split("/", 5)
    if len(groups) == 6 and len(groups[3]) == 32 and len(groups[4]) == 8:
        return int(groups[4], 16)
    return None


def earliest(urls):
    seconds = [second for second in map(expiry, urls) if second is not None]
    return min(seconds, default=None)


def asset(url):
    if not url:
        return None
    return {
        "uri": None,
        "url_list": [url],
        "width": None,
        "height": None,
        "expires_at": expiry(url),
    }


def picture(image):
    urls = image["imageURL"]["urlList"]
    return {
        "uri": None,
        "url_list": urls,
        "width": image["imageWidth"],
        "height": image["imageHeight"],
        "expires_at": earliest(urls),
    }


def bare_file(url):
    if not url:
        return None
    return {
        "uri": None,
        "url_list": [url],
        "width": None,
        "height": None,
        "url_key": None,
        "data_size": None,
        "file_hash": None,
        "file_cs": None,
        "expires_at": expiry(url),
    }


def file(address):
    if address is None:
        return None
    urls = address["UrlList"]
    return {
        "uri": address["Uri"],
        "url_list": urls,
        "width": address["Width"],
        "height": address["Height"],
        "url_key": address["UrlKey"],
        "data_size": int(address["DataSize"]),
        "file_hash": address["FileHash"],
        "file_cs": address["FileCs"],
        "expires_at": earliest(urls),
    }


def bit_rate(encoding):
    return {
        "gear_name": encoding["GearName"],
        "bit_rate": encoding["Bitrate"],
        "quality_type": encoding["QualityType"],
        "codec": encoding["CodecType"],
        "play_addr": file(encoding["PlayAddr"]),
    }


def challenge(hashtag):
    name = hashtag["title"]
    return {
        "cha_name": name,
        "cid": hashtag["id"],
        "desc": hashtag["desc"],
        "share_info": {
            "share_title": None,
            "share_url": "https://www.tiktok.com/tag/" + quote(name, safe=""),
        },
    }


def text_extra(mark, ids):
    """A marked place of the caption, with the id of its hashtag."""
    name = mark["hashtagName"]
    return {
        "start": mark["start"],
        "end": mark["end"],
        "hashtag_name": name,
        "hashtag_id": ids.get(name),
        "type": mark["type"],
        "user_id": mark.get("userId") or None,
        "sec_uid": mark.get("secUid") or None,
        "user_unique_id": mark.get("userUniqueId") or None,
        "sub_type": mark["subType"],
        "is_commerce": mark["isCommerce"],
        "aweme_id": mark["awemeId"] or None,
    }


def author(item):
    account = item["author"]
    exact, rounded = item.get("authorStatsV2", {}), item["authorStats"]
    return {
        "uid": account["id"],
        "unique_id": account["uniqueId"],
        "nickname": account["nickname"],
        "region": None,
        "language": None,
        "signature": account["signature"],
        "avatar_thumb": asset(account["avatarThumb"]),
        "avatar_medium": asset(account["avatarMedium"]),
        "avatar_larger": asset(account["avatarLarger"]),
        "avatar_168x168": None,
        "avatar_300x300": None,
        "youtube_channel_id": None,
        "youtube_channel_title": None,
        "sec_uid": account["secUid"],
        "verified": account["verified"],
        "follower_count": count(exact, rounded, "followerCount"),
        "following_count": count(exact, rounded, "followingCount"),
        "total_favorited": count(exact, rounded, "heartCount"),
        "aweme_count": count(exact, rounded, "videoCount"),
        "ins_id": None,
        "twitter_id": None,
        "twitter_name": None,
    }


def music(sound, handle):
    """The sound; its title tells whether the author of the video made it."""
    if sound is None:
        return None
    is_own = sound["original"] and sound["title"] == "original sound - " + handle
    return {
        "id": sound["id"],
        "title": sound["title"],
        "author": sound["authorName"],
        "owner_handle": handle if is_own else None,
        "duration": sound["duration"],
        "play_url": asset(sound["playUrl"]),
        "album": sound["album"],
        "is_original_sound": sound["original"],
        "cover_thumb": asset(sound["coverThumb"]),
        "cover_medium": asset(sound["coverMedium"]),
        "cover_large": asset(sound["coverLarge"]),
        "owner_id": None,
        "owner_nickname": None,
        "sec_uid": None,
    }


def best_h265(rates):
    rates = [rate for rate in rates if rate["codec"].startswith("h265")]
    best = max(rates, key=lambda rate: rate["bit_rate"], default=None)
    return best and best["play_addr"]


def video(film):
    encodings = film.get("bitrateInfo")
    rates = None if encodings is None else [bit_rate(encoding) for encoding in encodings]
    download = bare_file(film["downloadAddr"])
    return {
        "duration": film["duration"] * 1000,
        "height": film["height"],
        "width": film["width"],
        "cover": asset(film["cover"]),
        "play_addr": file(film.get("PlayAddrStruct")),
        "download_addr": download,
        "has_watermark": True if download else None,
        "ratio": film["ratio"] or None,
        "origin_cover": asset(film["originCover"]),
        "dynamic_cover": asset(film["dynamicCover"]),
        "play_addr_bytevc1": best_h265(rates or []),
        "bit_rate": rates,
    }


def statistics(item):
    exact, rounded = item.get("statsV2", {}), item["stats"]
    return {
        "play_count": count(exact, rounded, "playCount"),
        "digg_count": count(exact, rounded, "diggCount"),
        "comment_count": count(exact, rounded, "commentCount"),
        "share_count": count(exact, rounded, "shareCount"),
        "collect_count": count(exact, rounded, "collectCount"),
        "repost_count": number(exact.get("repostCount")),
        "download_count": None,
        "forward_count": None,
        "whatsapp_share_count": None,
        "lose_count": None,
    }


def status(item):
    return {
        "allow_comment": item["itemCommentStatus"] == 0,
        "allow_share": item["shareEnabled"],
        "download_status": None,
        "private_status": 1 if item["privateItem"] else 2 if item["forFriend"] else 0,
        "is_delete": None,
        "is_prohibited": None,
        "in_reviewing": item["isReviewing"],
        "reviewed": None,
        "self_see": None,
        "review_result": None,
    }


def video_control(item):
    is_open = item["author"]["downloadSetting"] == 0
    return {
        "allow_download": is_open and item["video"]["downloadAddr"] != "",
        "allow_duet": item["duetEnabled"],
        "allow_react": None,
        "allow_stitch": item["stitchEnabled"],
        "allow_music": None,
        "allow_dynamic_wallpaper": None,
        "prevent_download_type": None,
        "share_type": None,
    }


def caption_info(caption, sources):
    return {
        "language": caption["language"],
        "caption_format": caption["captionFormat"],
        "is_auto_generated": caption["isAutoGen"],
        "source": sources.get(caption["subID"]),
        "url": caption["url"],
        "expires_at": int(caption["expire"]),
    }


def cla_info(film):
    """Where a caption file comes from, only the older list says."""
    captions = film.get("claInfo")
    if captions is None:
        return None
    subtitles = film.get("subtitleInfos", [])
    sources = {it["VideoSubtitleID"]: it["Source"] for it in subtitles if "VideoSubtitleID" in it}
    return {
        "has_original_audio": captions["hasOriginalAudio"],
        "original_language": captions["originalLanguageInfo"]["language"],
        "caption_infos": [caption_info(it, sources) for it in captions["captionInfos"]],
    }


def image_post_info(post):
    if post is None:
        return None
    return {"title": post["title"], "images": [picture(image) for image in post["images"]]}


def share_url(item):
    kind = "photo" if "imagePost" in item else "video"
    handle = quote(item["author"]["uniqueId"], safe="")
    return f"https://www.tiktok.com/@{handle}/{kind}/{item['id']}"


def record(item, position):
    """One record; `un` is the site's word for an unknown language."""
    paragraph = item["contents"][0]
    challenges = item.get("challenges")
    ids = {hashtag["title"]: hashtag["id"] for hashtag in challenges or []}
    marks = item.get("textExtra", paragraph["textExtra"])
    language = item["textLanguage"]
    film = item["video"]
    return {
        "input": None,
        "aweme_id": item["id"],
        "desc": item["desc"],
        "desc_language": None if language == "un" else language,
        "region": None,
        "create_time": item["createTime"],
        "is_hash_tag": None,
        "cha_list": None if challenges is None else [challenge(it) for it in challenges],
        "text_extra": [text_extra(mark, ids) for mark in marks],
        "label_top": None,
        "playlist_info": None,
        "author": author(item),
        "music": music(item.get("music"), item["author"]["uniqueId"]),
        "added_sound_music_info": None,
        "video": video(film),
        "statistics": statistics(item),
        "share_info": {"share_title": None, "share_desc": None, "share_url": share_url(item)},
        "status": status(item),
        "aweme_acl": None,
        "video_control": video_control(item),
        "risk_infos": None,
        "image_post_info": image_post_info(item.get("imagePost")),
        "poi_info": None,
        "is_ads": item["isAd"],
        "aigc_info": {
            "aigc_label_type": None,
            "created_by_ai": None,
            "description": item["AIGCDescription"],
        },
        "anchors": None,
        "effect_stickers": None,
        "interaction_stickers": None,
        "cla_info": cla_info(film),
        "commerce_info": None,
        "duet_info": None,
        "suggest_words": None,
        "diversification_labels": None,
        "is_top": None,
        "item_mute": None,
        "is_original_item": item["originalItem"],
        "is_official_item": item["officalItem"],
        "mask_type": None,
        "content_desc": paragraph["desc"],
        "collection": {
            "lane": "import",
            "position": position,
            "collected_at": None,
            "estimated": ["video.duration"] if film["duration"] > 0 else [],
        },
    }


def main():
    write = sys.stdout.buffer.write
    with open(sys.argv[1], "rb") as lines:
        for position, line in enumerate(lines, 1):
            found = record(orjson.loads(line), position)
            write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))


main()
