// SPDX-License-Identifier: Apache-2.0
// A Sink whose functions are called on the compute thread and whose handlers run on the window's thread.
// Partials and progress go through one-deep mailboxes; the terminal event is always delivered and comes last.
#pragma once

#include "core/engine/engine.h"
#include "ui/bridge/link.h"

#include <functional>
#include <memory>

namespace cameo::ui {

template <typename T>
struct SinkHandlers {
    std::function<void(const Partial<T>&)> partial;
    std::function<void(const Progress&)> progress;
    std::function<void(Result<T>)> done;
};

template <typename T>
Sink<T> queuedSink(const std::shared_ptr<Link>& link, SinkHandlers<T> handlers) {
    const auto shared = std::make_shared<const SinkHandlers<T>>(std::move(handlers));
    Sink<T> sink;
    if (shared->partial) {
        sink.onPartial = [link, shared,
                          box = std::make_shared<Mailbox<Partial<T>>>()](const Partial<T>& partial) {
            if (box->put(partial))
                link->post([shared, box] {
                    if (const auto newest = box->take())
                        shared->partial(*newest);
                });
        };
    }
    if (shared->progress) {
        sink.onProgress = [link, shared,
                           box = std::make_shared<Mailbox<Progress>>()](const Progress& progress) {
            if (box->put(progress))
                link->post([shared, box] {
                    if (const auto newest = box->take())
                        shared->progress(*newest);
                });
        };
    }
    sink.onDone = [link, shared](Result<T> result) {
        link->post([shared, result = std::move(result)]() mutable {
            if (shared->done)
                shared->done(std::move(result));
        });
    };
    return sink;
}

} // namespace cameo::ui
