/* Copies of unsent words on this device, in IndexedDB (on disk at once; localStorage may lag seconds behind a killed
   browser), each sealed with AES-GCM under a key that only its author's own form page carries. In clear: whose (a
   tag), of which form (a tag), the record's number, when, and whether the server still lacks something.
     visitVault.can           false where the browser has no crypto.subtle (plain http) or no IndexedDB
     put(copy)                {id, owner, slot, uuid, at, dirty, …}
     of(owner)                → [copy, …] readable ones
     remove(copies)           as they were read
     arrived(uuid, sent)      the record is in: copies with nothing the server lacks go, and the one that was sent */
(function () {
  "use strict";
  var DAYS = 30, CLEAR = ["id", "owner", "slot", "uuid", "at", "dirty"];
  var subtle = window.crypto && window.crypto.subtle, opened = null, key = null;

  function open() {
    opened = opened || new Promise(function (resolve, reject) {
      var request = window.indexedDB.open("homevisit-drafts", 1);
      request.onupgradeneeded = function () { request.result.createObjectStore("copies", { keyPath: "id" }); };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = request.onblocked = function () { reject(request.error); };
    });
    return opened;
  }
  function run(mode, act) {
    return open().then(function (base) {
      return new Promise(function (resolve, reject) {
        var work = base.transaction("copies", mode), request = act(work.objectStore("copies"));
        work.oncomplete = function () { resolve(request && request.result); };
        work.onerror = work.onabort = function () { reject(work.error); };
      });
    });
  }
  function bytes(text) { return Uint8Array.from(window.atob(text), function (c) { return c.charCodeAt(0); }); }
  function theKey() {
    var page = document.getElementById("draft-page");
    key = key || subtle.importKey("raw", bytes(page.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]);
    return key;
  }
  function how(row) {
    return { name: "AES-GCM", iv: row.iv, additionalData: new TextEncoder().encode([row.id, row.owner, row.slot].join(" ")) };
  }
  function seal(copy) {
    var row = { iv: window.crypto.getRandomValues(new Uint8Array(12)) };
    CLEAR.forEach(function (name) { row[name] = copy[name]; });
    return theKey().then(function (k) {
      return subtle.encrypt(how(row), k, new TextEncoder().encode(JSON.stringify(copy)));
    }).then(function (box) {
      row.box = box;
      return row;
    });
  }
  function unseal(row) {
    return theKey().then(function (k) { return subtle.decrypt(how(row), k, row.box); }).then(function (text) {
      return JSON.parse(new TextDecoder().decode(text));
    }).catch(function () { return null; });  // a key of another time
  }
  function all() { return run("readonly", function (store) { return store.getAll(); }); }
  /* A copy that has been written anew since it was read stays. */
  function remove(copies) {
    if (!copies.length) return Promise.resolve();
    return run("readwrite", function (store) {
      copies.forEach(function (copy) {
        var request = store.get(copy.id);
        request.onsuccess = function () {
          if (request.result && request.result.at <= copy.at) store.delete(copy.id);
        };
      });
    });
  }

  window.visitVault = {
    can: Boolean(subtle && window.indexedDB),
    put: function (copy) {
      return seal(copy).then(function (row) { return run("readwrite", function (store) { return store.put(row); }); });
    },
    of: function (owner) {
      return all().then(function (rows) {
        var own = rows.filter(function (row) { return row.owner === owner; });
        var old = own.filter(function (row) { return row.at < Date.now() - DAYS * 864e5; });
        remove(old);
        return Promise.all(own.filter(function (row) { return old.indexOf(row) < 0; }).map(unseal));
      }).then(function (copies) { return copies.filter(Boolean); });
    },
    remove: remove,
    arrived: function (uuid, sent) {
      return all().then(function (rows) {
        return remove(rows.filter(function (row) {
          return row.uuid === uuid && (!row.dirty || row.id === sent);
        }));
      });
    }
  };
})();
