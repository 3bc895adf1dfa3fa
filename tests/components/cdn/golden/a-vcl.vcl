# Made by archkit for the CDN "cdn": an edge location. HAProxy of the same container stands on both sides of it.
vcl 4.1;

import digest;
import std;
import vsthrottle;
import xkey;

backend shield {
    .path = "/run/location/shield.sock";
    .host_header = "tasks.web-local-cdn-shield";
    .connect_timeout = 250ms;
    .first_byte_timeout = 5500ms;
    .max_connections = 1000;
    # HAProxy checks the replicas; this asks it whether any is left, so that stale answers need no failed try before.
    .probe = {
        .url = "/archkit-health";
        .interval = 500ms;
        .timeout = 400ms;
        .window = 3;
        .threshold = 2;
        .initial = 1;
    }
}

backend origin_web {
    .path = "/run/location/web.sock";
    .host_header = "tasks.web-local-web";
    .connect_timeout = 250ms;
    .first_byte_timeout = 5500ms;
    .max_connections = 1000;
    # HAProxy checks the replicas; this asks it whether any is left, so that stale answers need no failed try before.
    .probe = {
        .url = "/archkit-health";
        .interval = 500ms;
        .timeout = 400ms;
        .window = 3;
        .threshold = 2;
        .initial = 1;
    }
}

backend origin_spare {
    .path = "/run/location/spare.sock";
    .host_header = "tasks.web-local-spare";
    .connect_timeout = 250ms;
    .first_byte_timeout = 5500ms;
    .max_connections = 1000;
    # HAProxy checks the replicas; this asks it whether any is left, so that stale answers need no failed try before.
    .probe = {
        .url = "/archkit-health";
        .interval = 500ms;
        .timeout = 400ms;
        .window = 3;
        .threshold = 2;
        .initial = 1;
    }
}

backend origin_files {
    .path = "/run/location/files.sock";
    .host_header = "tasks.web-local-files";
    .connect_timeout = 250ms;
    .first_byte_timeout = 5500ms;
    .max_connections = 1000;
    # HAProxy checks the replicas; this asks it whether any is left, so that stale answers need no failed try before.
    .probe = {
        .url = "/archkit-health";
        .interval = 500ms;
        .timeout = 400ms;
        .window = 3;
        .threshold = 2;
        .initial = 1;
    }
}

# HAProxy asks, and nobody else can: whatever a client asks for comes with the number of its behaviour.
sub vcl_recv {
    if (req.url == "/archkit-health" && !req.http.X-Archkit-Behaviour) {
        return (synth(200));
    }
}

# Varnish works; and it is ready where there is somebody to ask for every path.
sub vcl_synth {
    if (req.url == "/archkit-health" && !req.http.X-Archkit-Behaviour) {
        set resp.http.X-Archkit-Ready = "1";
        if (!std.healthy(origin_files) && !std.healthy(shield)) {
            unset resp.http.X-Archkit-Ready;
        }
        if (!std.healthy(origin_web)) {
            unset resp.http.X-Archkit-Ready;
        }
        return (deliver);
    }
}

sub vcl_recv {
    if (req.restarts == 0) {
        # Varnish appended the address of its own connection, a socket.
        set req.http.X-Forwarded-For = req.http.X-Archkit-Client;
        call first_time;
    }
    set req.grace = 10y;
    if (req.http.X-Archkit-Refresh) {
        set req.grace = 0s;
    }
    if (req.http.X-Archkit-Behaviour == "0") {
        set req.backend_hint = origin_web;
        return (pass);
    }
    elsif (req.http.X-Archkit-Behaviour == "1") {
        set req.backend_hint = origin_web;
        if (std.healthy(shield)) {
            set req.backend_hint = shield;
        }
    }
    elsif (req.http.X-Archkit-Behaviour == "2") {
        set req.backend_hint = origin_web;
        if (std.healthy(shield)) {
            set req.backend_hint = shield;
        }
    }
    elsif (req.http.X-Archkit-Behaviour == "3") {
        set req.backend_hint = origin_files;
        if (std.healthy(shield)) {
            set req.backend_hint = shield;
        }
    }
    elsif (req.http.X-Archkit-Behaviour == "4") {
        set req.backend_hint = origin_web;
        if (std.healthy(shield)) {
            set req.backend_hint = shield;
        }
    }
    elsif (req.http.X-Archkit-Behaviour == "5") {
        set req.backend_hint = origin_web;
        return (pass);
    }
    else {
        return (synth(404));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    return (hash);
}

sub first_time {
    if (vsthrottle.is_denied("client:" + req.http.X-Archkit-Client, 2000000000, 60s)) {
        return (synth(429));
    }
    if (req.method == "PURGE") {
        call purge_by_key;
    }
    if (req.http.X-Archkit-Behaviour == "1") {
        # What does not tell answers apart does not reach the origin either: nothing unkeyed can poison.
        set req.http.X-Archkit-Query = "";
        if (req.url ~ "[?&]page=") {
            set req.http.X-Archkit-Query = req.http.X-Archkit-Query + "&page=" +
                regsub(req.url, "^[^?]*\?(?:.*&)?page=([^&#]*).*$", "\1");
        }
        set req.url = regsub(req.url, "\?.*$", "") + regsub(req.http.X-Archkit-Query, "^&", "?");
        unset req.http.X-Archkit-Query;
        unset req.http.Host;
        unset req.http.X-Forwarded-For;
        set req.http.X-Archkit-Cookies = "";
        if (req.http.Cookie ~ "(^|;\s*)theme=") {
            set req.http.X-Archkit-Cookies = req.http.X-Archkit-Cookies + "; theme=" +
                regsub(req.http.Cookie, "^(?:.*;\s*)?theme=([^;]*).*$", "\1");
        }
        set req.http.Cookie = regsub(req.http.X-Archkit-Cookies, "^; ", "");
        unset req.http.X-Archkit-Cookies;
        if (req.http.Cookie == "") {
            unset req.http.Cookie;
        }
    }
    if (req.http.X-Archkit-Behaviour == "2") {
        # What does not tell answers apart does not reach the origin either: nothing unkeyed can poison.
        set req.http.X-Archkit-Query = "";
        set req.url = regsub(req.url, "\?.*$", "") + regsub(req.http.X-Archkit-Query, "^&", "?");
        unset req.http.X-Archkit-Query;
        unset req.http.Host;
        unset req.http.X-Forwarded-For;
        set req.http.X-Archkit-Cookies = "";
        set req.http.Cookie = regsub(req.http.X-Archkit-Cookies, "^; ", "");
        unset req.http.X-Archkit-Cookies;
        if (req.http.Cookie == "") {
            unset req.http.Cookie;
        }
    }
    if (req.http.X-Archkit-Behaviour == "3") {
        # What does not tell answers apart does not reach the origin either: nothing unkeyed can poison.
        set req.http.X-Archkit-Query = "";
        set req.url = regsub(req.url, "\?.*$", "") + regsub(req.http.X-Archkit-Query, "^&", "?");
        unset req.http.X-Archkit-Query;
        unset req.http.Host;
        unset req.http.X-Forwarded-For;
        set req.http.X-Archkit-Cookies = "";
        set req.http.Cookie = regsub(req.http.X-Archkit-Cookies, "^; ", "");
        unset req.http.X-Archkit-Cookies;
        if (req.http.Cookie == "") {
            unset req.http.Cookie;
        }
    }
    if (req.http.X-Archkit-Behaviour == "4") {
        # What does not tell answers apart does not reach the origin either: nothing unkeyed can poison.
        set req.http.X-Archkit-Query = "";
        set req.url = regsub(req.url, "\?.*$", "") + regsub(req.http.X-Archkit-Query, "^&", "?");
        unset req.http.X-Archkit-Query;
        unset req.http.Host;
        unset req.http.X-Forwarded-For;
        set req.http.X-Archkit-Cookies = "";
        set req.http.Cookie = regsub(req.http.X-Archkit-Cookies, "^; ", "");
        unset req.http.X-Archkit-Cookies;
        if (req.http.Cookie == "") {
            unset req.http.Cookie;
        }
    }
    return;
}

# The key is a Docker secret and a file here. Hashes are compared: how long that takes says nothing of the key.
sub purge_by_key {
    if (digest.hash_sha256(req.http.Authorization) != digest.hash_sha256("Bearer " + std.fileread("/run/secrets/purge-key"))) {
        return (synth(403));
    }
    if (req.http.X-Archkit-Purge-At == "shield") {
        set req.backend_hint = shield;
        return (pass);
    }
    if (req.http.X-Archkit-Purge-Tag) {
        set req.http.X-Archkit-Purged = xkey.purge(req.http.X-Archkit-Purge-Tag);
        return (synth(200, "Purged"));
    }
    if (req.url !~ "^/[A-Za-z0-9_.~/@:+&=%-]*\*?$") {
        return (synth(400));
    }
    if (req.url ~ "\*$") {
        std.ban("obj.http.X-Archkit-Path ~ ^" + regsuball(regsub(req.url, "\*$", ""), "([.+])", "\\\1"));
    } else {
        std.ban("obj.http.X-Archkit-Path == " + req.url);
    }
    if (std.ban_error() != "") {
        return (synth(400));
    }
    return (synth(200, "Purged"));
}

# The path alone and what the behaviour names: who asks under which name must not matter, nor can it be forged.
sub vcl_hash {
    hash_data(req.http.X-Archkit-Behaviour);
    hash_data(req.url);
    if (req.http.X-Archkit-Behaviour == "1") {
        hash_data("Accept-Language=" + req.http.Accept-Language);
        hash_data("cookies=" + req.http.Cookie);
    }
    return (lookup);
}

sub vcl_hit {
    if (obj.ttl >= 0s) {
        set req.http.X-Archkit-State = "HIT";
        return (deliver);
    }
    set req.http.X-Archkit-State = "STALE";
    # After stale-while-revalidate somebody has to wait; only where nobody answers does stale-if-error hold.
    if (obj.ttl + std.duration(obj.http.X-Archkit-While-Revalidate, 0s) < 0s && !req.http.X-Archkit-Failed && std.healthy(req.backend_hint)) {
        set req.http.X-Archkit-Refresh = "1";
        return (restart);
    }
    return (deliver);
}

sub vcl_miss {
    # Stale was looked for and is not there: the origin was asked already.
    if (req.http.X-Archkit-Failed) {
        return (synth(std.integer(req.http.X-Archkit-Failed, 503)));
    }
    set req.http.X-Archkit-State = "MISS";
    return (fetch);
}

sub vcl_pass {
    set req.http.X-Archkit-State = "PASS";
    return (fetch);
}

# Answers to something that looks like an upgrade go the ordinary way: a tunnel would carry the next request unseen.
sub vcl_pipe {
    return (synth(400));
}

sub vcl_backend_fetch {
    # Notes of this tier, which mean something else in the next.
    unset bereq.http.X-Archkit-State;
    unset bereq.http.X-Archkit-Failed;
    unset bereq.http.X-Archkit-Refresh;
    unset bereq.http.X-Archkit-Page;
    unset bereq.http.X-Archkit-Client;
    unset bereq.http.X-Archkit-Answered;
    if (bereq.retries == 1 && bereq.http.X-Archkit-Behaviour ~ "^(2)$" && bereq.backend != shield) {
        set bereq.backend = origin_spare;
    }
    return (fetch);
}

sub vcl_backend_response {
    if (bereq.retries == 0 && bereq.http.X-Archkit-Behaviour ~ "^(2)$" && (beresp.status == 500 || beresp.status == 502 || beresp.status == 503 || beresp.status == 504) && bereq.backend != shield) {
        return (retry);
    }
    if (bereq.uncacheable) {
        return (deliver);
    }
    # What is kept stays: any answer to its refresh would take its place, an error of Varnish's own does not.
    if (beresp.status >= 500) {
        set bereq.http.X-Archkit-Answered = "1";
        return (error(beresp.status));
    }
    # By what purging finds it.
    set beresp.http.X-Archkit-Path = regsub(bereq.url, "\?.*$", "");
    if (beresp.http.Cache-Tag) {
        set beresp.http.xkey = regsuball(beresp.http.Cache-Tag, "\s*,\s*", " ");
    }
    if (beresp.http.Set-Cookie || beresp.http.Cache-Control ~ "(?i)(private|no-store)" || beresp.http.Vary ~ "\*") {
        # One client's answer. Requests for it are not queued behind each other for a while.
        set beresp.uncacheable = true;
        set beresp.ttl = 60s;
        set beresp.grace = 0s;
        return (deliver);
    }
    set beresp.http.X-Archkit-While-Revalidate = "0s";
    if (beresp.http.Cache-Control ~ "(?i)stale-while-revalidate\s*=\s*\d+") {
        set beresp.http.X-Archkit-While-Revalidate = regsub(beresp.http.Cache-Control, "(?i)^.*stale-while-revalidate\s*=\s*(\d+).*$", "\1") + "s";
    }
    set beresp.grace = std.duration(beresp.http.X-Archkit-While-Revalidate, 0s);
    if (beresp.http.Cache-Control ~ "(?i)stale-if-error\s*=\s*\d+" && std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error\s*=\s*(\d+).*$", "\1s"), 0s) > beresp.grace) {
        set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error\s*=\s*(\d+).*$", "\1s"), 0s);
    }
    if (bereq.http.X-Archkit-Behaviour == "1") {
        if (beresp.http.Cache-Control !~ "(?i)(max-age|no-cache)" && !beresp.http.Expires) {
            set beresp.ttl = 60s - beresp.age;
        }
        if (beresp.ttl < 0s) {
            set beresp.ttl = 0s;
        }
        if (beresp.ttl > 86400s) {
            set beresp.ttl = 86400s;
        }
        if (!beresp.http.Content-Encoding && beresp.http.Content-Type ~ "(?i)^(text/|image/svg|application/(javascript|json|manifest|wasm|xml|[a-z.+-]+(json|xml)))") {
            set beresp.do_gzip = true;
        }
    }
    if (bereq.http.X-Archkit-Behaviour == "2") {
        if (beresp.http.Cache-Control !~ "(?i)(max-age|no-cache)" && !beresp.http.Expires) {
            set beresp.ttl = 60s - beresp.age;
        }
        if (beresp.ttl < 0s) {
            set beresp.ttl = 0s;
        }
        if (beresp.ttl > 86400s) {
            set beresp.ttl = 86400s;
        }
        if (!beresp.http.Content-Encoding && beresp.http.Content-Type ~ "(?i)^(text/|image/svg|application/(javascript|json|manifest|wasm|xml|[a-z.+-]+(json|xml)))") {
            set beresp.do_gzip = true;
        }
    }
    if (bereq.http.X-Archkit-Behaviour == "3") {
        if (beresp.http.Cache-Control !~ "(?i)(max-age|no-cache)" && !beresp.http.Expires) {
            set beresp.ttl = 60s - beresp.age;
        }
        if (beresp.ttl < 0s) {
            set beresp.ttl = 0s;
        }
        if (beresp.ttl > 31536000s) {
            set beresp.ttl = 31536000s;
        }
        if (!beresp.http.Content-Encoding && beresp.http.Content-Type ~ "(?i)^(text/|image/svg|application/(javascript|json|manifest|wasm|xml|[a-z.+-]+(json|xml)))") {
            set beresp.do_gzip = true;
        }
    }
    if (bereq.http.X-Archkit-Behaviour == "4") {
        if (beresp.http.Cache-Control !~ "(?i)(max-age|no-cache)" && !beresp.http.Expires) {
            set beresp.ttl = 3600s - beresp.age;
        }
        if (beresp.ttl < 0s) {
            set beresp.ttl = 0s;
        }
        if (beresp.ttl > 86400s) {
            set beresp.ttl = 86400s;
        }
    }
    if (beresp.status == 404) {
        set beresp.ttl = 5s;
        set beresp.grace = 0s;
    }
    # The shield's origin is gone: what it had is asked for again soon, and not by every client.
    if (beresp.http.X-Archkit-Stale) {
        set beresp.ttl = 1s;
    }
    if (beresp.ttl <= 0s && beresp.grace <= 0s) {
        set beresp.uncacheable = true;
    }
    return (deliver);
}

sub vcl_backend_error {
    if (bereq.retries == 0 && !bereq.http.X-Archkit-Answered && bereq.http.X-Archkit-Behaviour ~ "^(2)$" && bereq.backend != shield) {
        return (retry);
    }
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    # With the origin's status, and for nobody who waits for the same: what is kept is looked for first.
    if (bereq.http.X-Archkit-Answered) {
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        return (deliver);
    }
    set beresp.http.X-Archkit-Unreachable = "1";
    set beresp.status = 503;
    return (deliver);
}

sub vcl_deliver {
    if (resp.status >= 500 && req.http.X-Archkit-State == "MISS" && !req.http.X-Archkit-Failed) {
        set req.http.X-Archkit-Failed = resp.status;
        unset req.http.X-Archkit-Refresh;
        return (restart);
    }
    # What HAProxy or Varnish say where nobody answers is for operators.
    if (resp.http.X-Archkit-Unreachable) {
        return (synth(503));
    }
    unset resp.http.X-Archkit-Path;
    unset resp.http.X-Archkit-While-Revalidate;
    unset resp.http.xkey;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    call error_page_if_any;
    if (req.http.X-Archkit-Page) {
        set resp.status = std.integer(req.http.X-Archkit-Page, 503);
        set req.http.X-Archkit-State = "ERROR";
        set resp.http.Cache-Control = "no-store";
    }
    if (resp.http.X-Archkit-Stale && req.http.X-Archkit-State ~ "^(HIT|MISS)$") {
        set req.http.X-Archkit-State = "STALE";
    }
    set resp.http.X-Cache = req.http.X-Archkit-State;
    unset resp.http.X-Archkit-Stale;
    unset resp.http.Cache-Tag;
    if (req.http.X-Archkit-Behaviour == "0") {
        set resp.http.Cache-Control = "private, no-store";
    }
    return (deliver);
}

sub error_page_if_any {
    if (resp.status == 404 && !req.http.X-Archkit-Page) {
        set req.http.X-Archkit-Page = "404";
        set req.http.X-Archkit-Behaviour = "3";
        set req.method = "GET";
        set req.url = "/static/errors/404.html";
        unset req.http.Range;
        unset req.http.If-None-Match;
        unset req.http.If-Modified-Since;
        unset req.http.Cookie;
        unset req.http.X-Archkit-Failed;
        unset req.http.X-Archkit-Refresh;
        return (restart);
    }
    return;
}

sub vcl_synth {
    if (req.method != "PURGE" && req.http.X-Archkit-State) {
        call error_page_if_any;
    }
    if (req.http.X-Archkit-Page) {
        set resp.status = std.integer(req.http.X-Archkit-Page, 503);
    }
    set resp.http.X-Cache = "ERROR";
    set resp.http.Cache-Control = "no-store";
    set resp.http.X-Content-Type-Options = "nosniff";
    if (resp.status == 429 || resp.status == 503) {
        set resp.http.Retry-After = "5";
    }
    if (resp.status < 500) {
        set resp.http.Content-Type = "text/plain; charset=utf-8";
        synthetic(resp.status + " " + resp.reason + {"
"});
        return (deliver);
    }
    set resp.http.Content-Type = "text/html; charset=utf-8";
    synthetic({"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>We will be right back</title>
<h1>We will be right back</h1>
<p>This page cannot be shown at the moment. Please try again in a few seconds.</p>
</html>
"});
    return (deliver);
}
