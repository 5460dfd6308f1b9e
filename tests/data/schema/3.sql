-- A box of release 0.1 (schema 3) with documents of tests/edge/shop.py's shop; written by sqlite3's iterdump.
BEGIN TRANSACTION;
CREATE TABLE basket (lane TEXT PRIMARY KEY, uid TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE boot (
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  mono_ns INTEGER NOT NULL,
  quality TEXT NOT NULL,
  corrected_us INTEGER
) STRICT;
CREATE TABLE box (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tenant TEXT NOT NULL, store TEXT NOT NULL, box TEXT NOT NULL,
  currency TEXT NOT NULL, exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
  zone TEXT NOT NULL
) STRICT;
INSERT INTO "box" VALUES(1,'demo','S01','box-1','CNY',2,'Asia/Shanghai');
CREATE TABLE category (
  version INTEGER NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, icon TEXT NOT NULL, tint TEXT NOT NULL,
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "category" VALUES(1,'drink',1,'饮料','Drinks','cup','blue');
INSERT INTO "category" VALUES(1,'food',0,'食品','Food','apple','green');
CREATE TABLE change (topic TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "change" VALUES('catalog',1);
INSERT INTO "change" VALUES('setting',1);
CREATE TABLE consent (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
  text_version INTEGER NOT NULL, at_us INTEGER NOT NULL, channel TEXT NOT NULL
) STRICT;
INSERT INTO "consent" VALUES(1,1,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(2,1,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(3,1,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(4,1,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(5,1,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(6,2,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(7,2,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(8,2,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(9,2,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(10,2,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(11,3,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(12,3,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(13,3,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(14,3,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(15,3,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(16,4,'points',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(17,4,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(18,4,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(19,4,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(20,4,'behaviour',0,1,1795240800000000,'till');
CREATE TABLE epoch (
  n INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
INSERT INTO "epoch" VALUES(1,'1-73cf256d',1795240800000000,'first');
CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "item" VALUES(1,'MILK');
INSERT INTO "item" VALUES(2,'APPLES');
INSERT INTO "item" VALUES(3,'WINE');
INSERT INTO "item" VALUES(4,'BREAD');
INSERT INTO "item" VALUES(5,'GUM');
INSERT INTO "item" VALUES(6,'HAMPER');
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL CHECK (stream IN ('a', 'b', 'c')),
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  body TEXT NOT NULL,
  private TEXT, salt BLOB, private_digest BLOB,
  UNIQUE (epoch, stream, seq)
) STRICT;
INSERT INTO "journal" VALUES(1,'1-73cf256d','a',1,X'2977B10A32153A6F074C5E8F5CB1C8EF4053774D7096F74EB1EE0F4BC0F0D382','{"specversion":"1.0","id":"1","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"f5c6m6bqtvvxtfs63iznvzcfka","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Bronze Li","phone":"13800000001","birthday":null,"card":"TBX000000000195"}',X'A13FFE7979CB9E86830C71C2CDCC6929',X'DFDA1F175BD923E13CEE63D973771640CC32CC798F421120D37DEB452C3EC1AD');
INSERT INTO "journal" VALUES(2,'1-73cf256d','a',2,X'96D8A6F77D3F32FC98DB267C5E06C6CA4233E47E6414C468E2BB16AF1E59B515','{"specversion":"1.0","id":"2","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"damhtezpvekclsyarbjz2ldh5u","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Silver Li","phone":"13800000002","birthday":null,"card":"TBX000000000292"}',X'17362F25244CAF9C4DABB4817253EDC6',X'71741B3D13D5E1C55B786902513B2294569D472DEE8E364885F4E4DC1D416447');
INSERT INTO "journal" VALUES(3,'1-73cf256d','a',3,X'BF338715A8EFAAE1AC9712A1F0F04841E3960869C15AA12473770178B93A347A','{"specversion":"1.0","id":"3","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"wgcs6j7d5744bt2e3u7ytz6rl4","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Gold Li","phone":"13800000003","birthday":null,"card":"TBX000000000389"}',X'FB710734986E86CB0AB8AB67A26B7F62',X'81A1D4DD46EC416C71F9714D06741B220F304058336DF03B0834A897798474E3');
INSERT INTO "journal" VALUES(4,'1-73cf256d','a',4,X'E6CD89C73E63A4735C2B05654B30CCA1611E492CBC4A0A221784D462BE7D08F3','{"specversion":"1.0","id":"4","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"u5txpftt654kv5x2lw4gk2v5oi","consents":[],"text_version":1,"channel":"till"}}','{"name":"Silent Li","phone":"13800000004","birthday":null,"card":"TBX000000000486"}',X'28518867A66B0D389D95847EBD299753',X'9CED8F1212093A6E397B8D6D815FD9FC9F503EA577FCC2377EB837E8BD413868');
INSERT INTO "journal" VALUES(5,'1-73cf256d','a',5,X'E43A67BBF2CF51385C12AF89981328C8C91B25A0EDD1446858630B6B830145F8','{"specversion":"1.0","id":"5","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"shift.opened","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"shift":"gcyx2cyjecfgkdz6xxjrak4trm","lane":"old","business_date":"2026-11-21","float":0}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(6,'1-73cf256d','a',6,X'E3E1C820DE65B778BF975D288FECB768DDE215498E6A56E81499838BA7E91DE7','{"specversion":"1.0","id":"6","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"q5b75nwu5js5aa6xc2cj7bkyuy","receipt":"S01-old-1-000001","kind":"sale","lane":"old","shift":"gcyx2cyjecfgkdz6xxjrak4trm","business_date":"2026-11-21","at":"2026-11-21T06:00:00.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":"damhtezpvekclsyarbjz2ldh5u","original":null,"total":100000,"tax":11504,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"HAMPER","code":"6999999999997","name":"年货礼盒","qty":1000,"unit":"pc","unit_price":100000,"discount":0,"total":100000,"group":"A","rate":1300,"tax":11504,"original_n":null}],"tenders":[{"kind":"cash","amount":100000,"received":100000,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":100000,"tax":11504}],"points_earned":1000,"score_earned":1000,"points_after":1000,"tier_before":"bronze"},"ledger":[{"id":1,"member":"damhtezpvekclsyarbjz2ldh5u","lot":1,"points":1000,"score":1000,"reason":"earn","rule":0,"expires":"2028-11-20","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(7,'1-73cf256d','a',7,X'A06AC1C6C1122D7A0C5A76C9F475791A251C8DBF3AD23F1A4BFE1455C5561405','{"specversion":"1.0","id":"7","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"a6zx4fezqcjckppp7i4ockzlr4","receipt":"S01-old-1-000002","kind":"sale","lane":"old","shift":"gcyx2cyjecfgkdz6xxjrak4trm","business_date":"2026-11-21","at":"2026-11-21T06:00:00.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","original":null,"total":300000,"tax":34513,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"HAMPER","code":"6999999999997","name":"年货礼盒","qty":3000,"unit":"pc","unit_price":100000,"discount":0,"total":300000,"group":"A","rate":1300,"tax":34513,"original_n":null}],"tenders":[{"kind":"cash","amount":300000,"received":300000,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":300000,"tax":34513}],"points_earned":3000,"score_earned":3000,"points_after":3000,"tier_before":"bronze"},"ledger":[{"id":2,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","lot":2,"points":3000,"score":3000,"reason":"earn","rule":0,"expires":"2028-11-20","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(8,'1-73cf256d','a',8,X'AF39AF47940F3C7F61F3E1663E96D471B0CE3190E7FBF8B4C12C203C887EA86B','{"specversion":"1.0","id":"8","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"shift.opened","time":"2026-11-22T06:00:03.000000Z","clock":"synced","v":1,"mode":"live","data":{"shift":"3rv7dyndth4cuznktsbht4siwa","lane":"1","business_date":"2026-11-22","float":0}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(9,'1-73cf256d','a',9,X'D185A60C4A9750FF1B856A47EFF54BF9CD4B8CB8D5DB9BC8D933BFE6EA8B0C3E','{"specversion":"1.0","id":"9","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:03.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"efrwg2mlkknuvf5xkcjdz2z77u","receipt":"S01-1-1-000001","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:03.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","original":null,"total":2145,"tax":188,"rounding":-5,"saving":100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":100,"total":1150,"group":"A","rate":1300,"tax":132,"original_n":null},{"n":2,"sku":"BREAD","code":"6901010101098","name":"Wholemeal bread","qty":1000,"unit":"pc","unit_price":995,"discount":0,"total":995,"group":"C","rate":600,"tax":56,"original_n":null}],"tenders":[{"kind":"cash","amount":2140,"received":2140,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1150,"tax":132},{"group":"C","rate":600,"gross":995,"tax":56}],"points_earned":32,"score_earned":21,"points_after":3032,"tier_before":"gold"},"ledger":[{"id":3,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","lot":3,"points":32,"score":21,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(10,'1-73cf256d','a',10,X'C26376525937F3D7112498B6318757AF92623A60F973E7D16982CA8BBA6BD518','{"specversion":"1.0","id":"10","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:04.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"e3ilsrfcqy5h6o27hwdcndwmiu","receipt":"S01-1-1-000002","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:04.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":null,"original":null,"total":1250,"tax":144,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":0,"total":1250,"group":"A","rate":1300,"tax":144,"original_n":null}],"tenders":[{"kind":"cash","amount":1250,"received":1250,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1250,"tax":144}],"points_earned":0,"score_earned":0,"points_after":null,"tier_before":null},"ledger":[]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(11,'1-73cf256d','a',11,X'CC4801982FA550A4DAB7E59CFC80CB8DD35E3FD91843BBD9D3582558F2C874A0','{"specversion":"1.0","id":"11","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:06.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"apqkqe55ykxjsy6s4siil3zuga","receipt":"S01-1-1-000003","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:06.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":"damhtezpvekclsyarbjz2ldh5u","original":null,"total":995,"tax":56,"rounding":-5,"saving":0,"lines":[{"n":1,"sku":"BREAD","code":"6901010101098","name":"Wholemeal bread","qty":1000,"unit":"pc","unit_price":995,"discount":0,"total":995,"group":"C","rate":600,"tax":56,"original_n":null}],"tenders":[{"kind":"cash","amount":990,"received":990,"change":0,"reference":null}],"taxes":[{"group":"C","rate":600,"gross":995,"tax":56}],"points_earned":11,"score_earned":9,"points_after":1011,"tier_before":"silver"},"ledger":[{"id":4,"member":"damhtezpvekclsyarbjz2ldh5u","lot":4,"points":11,"score":9,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(12,'1-73cf256d','a',12,X'D7C210D427CC22E57BA2100682BD561A6044176A4F4010675ABAB90E396C07CC','{"specversion":"1.0","id":"12","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:08.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"6upioiwcdnqjekgon4sbazc5ke","receipt":"S01-1-1-000004","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:08.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":null,"reason":null,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","original":null,"total":1150,"tax":132,"rounding":0,"saving":100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":100,"total":1150,"group":"A","rate":1300,"tax":132,"original_n":null}],"tenders":[{"kind":"cash","amount":1150,"received":1150,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1150,"tax":132}],"points_earned":17,"score_earned":11,"points_after":3049,"tier_before":"gold"},"ledger":[{"id":5,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","lot":5,"points":17,"score":11,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(13,'1-73cf256d','a',13,X'1EA807A91D33FDF6E516E9DEF31DD66CAC983A6C6FFB6BBA821614A8770A395B','{"specversion":"1.0","id":"13","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.voided","time":"2026-11-22T06:00:08.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"c44f9794cdd933160","receipt":"S01-1-1-000005","kind":"void","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:08.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"5smrbdo3lnp2xd2nhyt53ikjjq","approver":"qia6fpltvnehm5zu27a4p7piau","reason":"wrong item","member":"wgcs6j7d5744bt2e3u7ytz6rl4","original":"6upioiwcdnqjekgon4sbazc5ke","total":-1150,"tax":-132,"rounding":0,"saving":-100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":-1000,"unit":"pc","unit_price":1250,"discount":-100,"total":-1150,"group":"A","rate":1300,"tax":-132,"original_n":1}],"tenders":[{"kind":"cash","amount":-1150,"received":-1150,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":-1150,"tax":-132}],"points_earned":-17,"score_earned":-11,"points_after":3032,"tier_before":null},"ledger":[{"id":6,"member":"wgcs6j7d5744bt2e3u7ytz6rl4","lot":5,"points":-17,"score":-11,"reason":"reverse","rule":0,"expires":"2028-11-21","reverses":5}]}}',NULL,NULL,NULL);
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  lot INTEGER NOT NULL, points INTEGER NOT NULL, score INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  sale INTEGER REFERENCES sale (id), rule_version INTEGER NOT NULL,
  expires_on TEXT, at_us INTEGER NOT NULL, reverses INTEGER REFERENCES ledger (id)
) STRICT;
INSERT INTO "ledger" VALUES(1,2,1,1000,1000,'earn',1,0,'2028-11-20',1795240800000000,NULL);
INSERT INTO "ledger" VALUES(2,3,2,3000,3000,'earn',2,0,'2028-11-20',1795240800000000,NULL);
INSERT INTO "ledger" VALUES(3,3,3,32,21,'earn',3,0,'2028-11-21',1795327203000000,NULL);
INSERT INTO "ledger" VALUES(4,2,4,11,9,'earn',5,0,'2028-11-21',1795327206000000,NULL);
INSERT INTO "ledger" VALUES(5,3,5,17,11,'earn',6,0,'2028-11-21',1795327208000000,NULL);
INSERT INTO "ledger" VALUES(6,3,5,-17,-11,'reverse',7,0,'2028-11-21',1795327208000000,5);
CREATE TABLE member (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,
  name TEXT, phone_hash TEXT UNIQUE, phone_last4 TEXT, phone_prefix TEXT, birthday TEXT,
  state TEXT NOT NULL DEFAULT 'active', joined_us INTEGER NOT NULL
) STRICT;
INSERT INTO "member" VALUES(1,'f5c6m6bqtvvxtfs63iznvzcfka','Bronze Li','eb69c122dc4074edae2c67945e66aee4f5f2f68e61c1d118237c247406bb3ff6','0001','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(2,'damhtezpvekclsyarbjz2ldh5u','Silver Li','cde8fabc902ebe480fd6f05e836946cb892282e2229c14be5d12d579086f24bd','0002','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(3,'wgcs6j7d5744bt2e3u7ytz6rl4','Gold Li','690e7fbf91071a718407835142228c174de8bc0d44af9984c289f0e529bdb65c','0003','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(4,'u5txpftt654kv5x2lw4gk2v5oi','Silent Li','d1ec9512f67322730444e25027af66ac201127f3256d0775dfb0bd4f9b8a57e0','0004','138',NULL,'active',1795240800000000);
CREATE TABLE member_card (
  code TEXT PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id), state TEXT NOT NULL DEFAULT 'active'
) STRICT, WITHOUT ROWID;
INSERT INTO "member_card" VALUES('TBX000000000195',1,'active');
INSERT INTO "member_card" VALUES('TBX000000000292',2,'active');
INSERT INTO "member_card" VALUES('TBX000000000389',3,'active');
INSERT INTO "member_card" VALUES('TBX000000000486',4,'active');
CREATE TABLE model_buy (
  member INTEGER NOT NULL, product INTEGER NOT NULL, n INTEGER NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, w REAL NOT NULL, wb REAL NOT NULL,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_member (
  member INTEGER PRIMARY KEY, baskets INTEGER NOT NULL, origin_us INTEGER NOT NULL, origin_basket INTEGER NOT NULL
) STRICT;
CREATE TABLE model_pair (
  a INTEGER NOT NULL, b INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_product (
  product INTEGER PRIMARY KEY, sales INTEGER NOT NULL, buyers INTEGER NOT NULL, extra INTEGER NOT NULL,
  root REAL NOT NULL, factor REAL NOT NULL
) STRICT;
CREATE TABLE model_state (
  id INTEGER PRIMARY KEY CHECK (id = 1), sale INTEGER NOT NULL, consent INTEGER NOT NULL
) STRICT;
INSERT INTO "model_state" VALUES(1,0,0);
CREATE TABLE offer_decline (
  member INTEGER NOT NULL REFERENCES member (id), product INTEGER NOT NULL,
  at_us INTEGER NOT NULL, until_us INTEGER NOT NULL, times INTEGER NOT NULL CHECK (times > 0), basket TEXT,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE pin_guard (
  who TEXT PRIMARY KEY, fails INTEGER NOT NULL, boot_id TEXT NOT NULL, until_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pointer (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "pointer" VALUES('catalog',1);
INSERT INTO "pointer" VALUES('price',1);
CREATE TABLE price (
  version INTEGER NOT NULL, product INTEGER NOT NULL, list TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 100000000),
  PRIMARY KEY (version, product, list)
) STRICT, WITHOUT ROWID;
INSERT INTO "price" VALUES(1,1,'base',1250);
INSERT INTO "price" VALUES(1,1,'member',1150);
INSERT INTO "price" VALUES(1,2,'base',1280);
INSERT INTO "price" VALUES(1,3,'base',8800);
INSERT INTO "price" VALUES(1,4,'base',995);
INSERT INTO "price" VALUES(1,5,'base',333);
INSERT INTO "price" VALUES(1,6,'base',100000);
CREATE TABLE print_job (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, printer TEXT NOT NULL, lane TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  sale INTEGER REFERENCES sale (id), copy_no INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'printed', 'sent', 'uncertain', 'failed', 'dropped')),
  reason TEXT, queued_us INTEGER NOT NULL, done_us INTEGER
) STRICT;
INSERT INTO "print_job" VALUES(1,'efrwg2mlkknuvf5xkcjdz2z77u-drawer','printer-1','1','drawer',3,0,'queued',NULL,1795327203000000,NULL);
INSERT INTO "print_job" VALUES(2,'efrwg2mlkknuvf5xkcjdz2z77u','printer-1','1','receipt',3,0,'queued',NULL,1795327203000000,NULL);
INSERT INTO "print_job" VALUES(3,'e3ilsrfcqy5h6o27hwdcndwmiu-drawer','printer-1','1','drawer',4,0,'queued',NULL,1795327204000000,NULL);
INSERT INTO "print_job" VALUES(4,'e3ilsrfcqy5h6o27hwdcndwmiu','printer-1','1','receipt',4,0,'queued',NULL,1795327204000000,NULL);
INSERT INTO "print_job" VALUES(5,'apqkqe55ykxjsy6s4siil3zuga-drawer','printer-1','1','drawer',5,0,'queued',NULL,1795327206000000,NULL);
INSERT INTO "print_job" VALUES(6,'apqkqe55ykxjsy6s4siil3zuga','printer-1','1','receipt',5,0,'queued',NULL,1795327206000000,NULL);
INSERT INTO "print_job" VALUES(7,'6upioiwcdnqjekgon4sbazc5ke-drawer','printer-1','1','drawer',6,0,'queued',NULL,1795327208000000,NULL);
INSERT INTO "print_job" VALUES(8,'6upioiwcdnqjekgon4sbazc5ke','printer-1','1','receipt',6,0,'queued',NULL,1795327208000000,NULL);
INSERT INTO "print_job" VALUES(9,'c44f9794cdd933160-drawer','printer-1','1','drawer',7,0,'queued',NULL,1795327208000000,NULL);
INSERT INTO "print_job" VALUES(10,'c44f9794cdd933160','printer-1','1','receipt',7,0,'queued',NULL,1795327208000000,NULL);
CREATE TABLE product (
  version INTEGER NOT NULL, id INTEGER NOT NULL, sku TEXT NOT NULL, gtin TEXT,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, search TEXT NOT NULL,
  category TEXT NOT NULL, icon TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('pc', 'kg')),
  tax_group TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '',
  frequent INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "product" VALUES(1,1,'MILK','6901234567892','纯牛奶 1L','Milk 1 l','纯牛奶 1l milk 1 l cnn milk 6901234567892','drink','tag','pc','A','',1,1);
INSERT INTO "product" VALUES(1,2,'APPLES',NULL,'红富士苹果','Fuji apples','红富士苹果 fuji apples apples 10101','food','tag','kg','B','',0,1);
INSERT INTO "product" VALUES(1,3,'WINE','6923450657713','干红葡萄酒','Red wine','干红葡萄酒 red wine wine 6923450657713','drink','tag','pc','A','age18',0,1);
INSERT INTO "product" VALUES(1,4,'BREAD','6901010101098','全麦面包','Wholemeal bread','全麦面包 wholemeal bread bread 6901010101098','food','tag','pc','C','',0,1);
INSERT INTO "product" VALUES(1,5,'GUM','012345678905','口香糖','Chewing gum','口香糖 chewing gum gum 012345678905','food','tag','pc','A','',0,1);
INSERT INTO "product" VALUES(1,6,'HAMPER','6999999999997','年货礼盒','Gift hamper','年货礼盒 gift hamper hamper 6999999999997','food','tag','pc','A','',0,1);
CREATE TABLE product_code (
  version INTEGER NOT NULL, code TEXT NOT NULL, product INTEGER NOT NULL,
  PRIMARY KEY (version, code)
) STRICT, WITHOUT ROWID;
INSERT INTO "product_code" VALUES(1,'00012345678905',5);
INSERT INTO "product_code" VALUES(1,'06901010101098',4);
INSERT INTO "product_code" VALUES(1,'06901234567892',1);
INSERT INTO "product_code" VALUES(1,'06923450657713',3);
INSERT INTO "product_code" VALUES(1,'06999999999997',6);
INSERT INTO "product_code" VALUES(1,'APPLES',2);
INSERT INTO "product_code" VALUES(1,'BREAD',4);
INSERT INTO "product_code" VALUES(1,'GUM',5);
INSERT INTO "product_code" VALUES(1,'HAMPER',6);
INSERT INTO "product_code" VALUES(1,'MILK',1);
INSERT INTO "product_code" VALUES(1,'WINE',3);
INSERT INTO "product_code" VALUES(1,'plu:10101',2);
CREATE TABLE sale (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,                       -- the basket's: one basket, one sale
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'return')),
  lane TEXT NOT NULL, series INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  shift INTEGER NOT NULL REFERENCES shift (id), business_date TEXT NOT NULL,
  at_us INTEGER NOT NULL, clock TEXT NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')),
  staff INTEGER NOT NULL REFERENCES staff (id), approver INTEGER REFERENCES staff (id), reason TEXT,
  member INTEGER REFERENCES member (id), original INTEGER REFERENCES sale (id),
  currency TEXT NOT NULL, exponent INTEGER NOT NULL, lang TEXT NOT NULL,
  total INTEGER NOT NULL, tax INTEGER NOT NULL, saving INTEGER NOT NULL, rounding INTEGER NOT NULL,
  points INTEGER NOT NULL, score INTEGER NOT NULL, points_after INTEGER, score_after INTEGER, tier TEXT,
  catalog_version INTEGER NOT NULL, price_version INTEGER NOT NULL, rule_version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE (lane, series, number)
) STRICT;
INSERT INTO "sale" VALUES(1,'q5b75nwu5js5aa6xc2cj7bkyuy','sale','old',1,1,1,'2026-11-21',1795240800000000,'synced','live',1,NULL,NULL,2,NULL,'CNY',2,'zh-CN',100000,11504,0,0,1000,1000,1000,1000,'bronze',1,1,0,6);
INSERT INTO "sale" VALUES(2,'a6zx4fezqcjckppp7i4ockzlr4','sale','old',1,2,1,'2026-11-21',1795240800000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'zh-CN',300000,34513,0,0,3000,3000,3000,3000,'bronze',1,1,0,7);
INSERT INTO "sale" VALUES(3,'efrwg2mlkknuvf5xkcjdz2z77u','sale','1',1,1,2,'2026-11-22',1795327203000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'en',2145,188,100,-5,32,21,3032,3021,'gold',1,1,0,9);
INSERT INTO "sale" VALUES(4,'e3ilsrfcqy5h6o27hwdcndwmiu','sale','1',1,2,2,'2026-11-22',1795327204000000,'synced','live',1,NULL,NULL,NULL,NULL,'CNY',2,'en',1250,144,0,0,0,0,NULL,NULL,NULL,1,1,0,10);
INSERT INTO "sale" VALUES(5,'apqkqe55ykxjsy6s4siil3zuga','sale','1',1,3,2,'2026-11-22',1795327206000000,'synced','live',1,NULL,NULL,2,NULL,'CNY',2,'en',995,56,0,-5,11,9,1011,1009,'silver',1,1,0,11);
INSERT INTO "sale" VALUES(6,'6upioiwcdnqjekgon4sbazc5ke','sale','1',1,4,2,'2026-11-22',1795327208000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'en',1150,132,100,0,17,11,3049,3032,'gold',1,1,0,12);
INSERT INTO "sale" VALUES(7,'c44f9794cdd933160','void','1',1,5,2,'2026-11-22',1795327208000000,'synced','live',1,2,'wrong item',3,6,'CNY',2,'en',-1150,-132,-100,0,-17,-11,3032,3021,NULL,1,1,0,13);
CREATE TABLE sale_line (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  product INTEGER NOT NULL, sku TEXT NOT NULL, code TEXT, name TEXT NOT NULL,
  qty INTEGER NOT NULL CHECK (qty <> 0), unit TEXT NOT NULL,
  unit_price INTEGER NOT NULL, discount INTEGER NOT NULL, total INTEGER NOT NULL,
  tax_group TEXT NOT NULL, rate INTEGER NOT NULL, tax INTEGER NOT NULL,
  original_n INTEGER,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO "sale_line" VALUES(1,1,6,'HAMPER','6999999999997','年货礼盒',1000,'pc',100000,0,100000,'A',1300,11504,NULL);
INSERT INTO "sale_line" VALUES(2,1,6,'HAMPER','6999999999997','年货礼盒',3000,'pc',100000,0,300000,'A',1300,34513,NULL);
INSERT INTO "sale_line" VALUES(3,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,100,1150,'A',1300,132,NULL);
INSERT INTO "sale_line" VALUES(3,2,4,'BREAD','6901010101098','Wholemeal bread',1000,'pc',995,0,995,'C',600,56,NULL);
INSERT INTO "sale_line" VALUES(4,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,0,1250,'A',1300,144,NULL);
INSERT INTO "sale_line" VALUES(5,1,4,'BREAD','6901010101098','Wholemeal bread',1000,'pc',995,0,995,'C',600,56,NULL);
INSERT INTO "sale_line" VALUES(6,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,100,1150,'A',1300,132,NULL);
INSERT INTO "sale_line" VALUES(7,1,1,'MILK','6901234567892','Milk 1 l',-1000,'pc',1250,-100,-1150,'A',1300,-132,1);
CREATE TABLE sale_tax (
  sale INTEGER NOT NULL REFERENCES sale (id), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group)
) STRICT, WITHOUT ROWID;
INSERT INTO "sale_tax" VALUES(1,'A',1300,100000,11504);
INSERT INTO "sale_tax" VALUES(2,'A',1300,300000,34513);
INSERT INTO "sale_tax" VALUES(3,'A',1300,1150,132);
INSERT INTO "sale_tax" VALUES(3,'C',600,995,56);
INSERT INTO "sale_tax" VALUES(4,'A',1300,1250,144);
INSERT INTO "sale_tax" VALUES(5,'C',600,995,56);
INSERT INTO "sale_tax" VALUES(6,'A',1300,1150,132);
INSERT INTO "sale_tax" VALUES(7,'A',1300,-1150,-132);
CREATE TABLE schema_info (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  min_reader INTEGER NOT NULL CHECK (min_reader <= version)
) STRICT;
INSERT INTO "schema_info" VALUES(1,3,1);
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES(1,'0001_first','2026-11-28 01:47:17.295510');
INSERT INTO "schema_migration" VALUES(2,'0002_shift_tenders','2026-11-28 01:47:17.297128');
INSERT INTO "schema_migration" VALUES(3,'0003_recommend','2026-11-28 01:47:17.297882');
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, staff INTEGER NOT NULL REFERENCES staff (id), lane TEXT NOT NULL,
  boot_id TEXT NOT NULL, started_ns INTEGER NOT NULL, lang TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "session" VALUES('c43669e4fbe3f4aecd7f6656505177dd5940e230ba6745d50215f42cad33933e',1,'1','boot-1',1000000000,'en');
CREATE TABLE setting (
  name TEXT NOT NULL, version INTEGER NOT NULL,
  value TEXT NOT NULL, at_us INTEGER NOT NULL, by_whom TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO "setting" VALUES('store_name',1,'{"en": "Corner shop", "zh-CN": "街角小店"}',1795240800000000,'test');
CREATE TABLE shift (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, business_date TEXT NOT NULL,
  opened_us INTEGER NOT NULL, opened_by INTEGER NOT NULL, float_amount INTEGER NOT NULL,
  closed_us INTEGER, closed_by INTEGER
, expected INTEGER, counted INTEGER) STRICT;
INSERT INTO "shift" VALUES(1,'gcyx2cyjecfgkdz6xxjrak4trm','old','2026-11-21',1795240800000000,1,0,NULL,NULL,NULL,NULL);
INSERT INTO "shift" VALUES(2,'3rv7dyndth4cuznktsbht4siwa','1','2026-11-22',1795327203000000,1,0,NULL,NULL,NULL,NULL);
CREATE TABLE staff (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role <> ''),
  pin_hash TEXT NOT NULL, badge TEXT UNIQUE, active INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO "staff" VALUES(1,'5smrbdo3lnp2xd2nhyt53ikjjq','陈晓','Xiao Chen','cashier','$argon2id$v=19$m=19456,t=2,p=1$fOXxGSyX/7se1laoqPsv1w$YePQOQ8RQpGXZKdzlK9nQHBTzz11Fo+YJdZndgCwdis','TBS0000000195',1);
INSERT INTO "staff" VALUES(2,'qia6fpltvnehm5zu27a4p7piau','王敏','Min Wang','manager','$argon2id$v=19$m=19456,t=2,p=1$qpHNEdxfudT1Ij0su+6K7A$v6FBlfBeVskevrOkTWRrjN7q/xWyKk/+6Uw8579rShw',NULL,1);
CREATE TABLE stock (product INTEGER PRIMARY KEY, qty INTEGER NOT NULL) STRICT;
INSERT INTO "stock" VALUES(1,98000);
INSERT INTO "stock" VALUES(2,100000);
INSERT INTO "stock" VALUES(3,100000);
INSERT INTO "stock" VALUES(4,98000);
INSERT INTO "stock" VALUES(5,100000);
INSERT INTO "stock" VALUES(6,100000);
CREATE TABLE stock_move (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL, qty INTEGER NOT NULL,
  reason TEXT NOT NULL, at_us INTEGER NOT NULL, staff INTEGER
) STRICT;
INSERT INTO "stock_move" VALUES(1,1,100000,'count',1795240860000000,NULL);
INSERT INTO "stock_move" VALUES(2,2,100000,'count',1795240860000000,NULL);
INSERT INTO "stock_move" VALUES(3,3,100000,'count',1795240860000000,NULL);
INSERT INTO "stock_move" VALUES(4,4,100000,'count',1795240860000000,NULL);
INSERT INTO "stock_move" VALUES(5,5,100000,'count',1795240860000000,NULL);
INSERT INTO "stock_move" VALUES(6,6,100000,'count',1795240860000000,NULL);
CREATE TABLE sync_cursor (
  stream TEXT PRIMARY KEY, epoch TEXT NOT NULL, acked INTEGER NOT NULL,
  head BLOB, acked_us INTEGER NOT NULL, hq TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tender (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''), amount INTEGER NOT NULL,
  received INTEGER NOT NULL, change INTEGER NOT NULL, reference TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO "tender" VALUES(1,1,'cash',100000,100000,0,NULL);
INSERT INTO "tender" VALUES(2,1,'cash',300000,300000,0,NULL);
INSERT INTO "tender" VALUES(3,1,'cash',2140,2140,0,NULL);
INSERT INTO "tender" VALUES(4,1,'cash',1250,1250,0,NULL);
INSERT INTO "tender" VALUES(5,1,'cash',990,990,0,NULL);
INSERT INTO "tender" VALUES(6,1,'cash',1150,1150,0,NULL);
INSERT INTO "tender" VALUES(7,1,'cash',-1150,-1150,0,NULL);
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE INDEX consent_member ON consent (member, purpose, id, granted);
CREATE UNIQUE INDEX shift_open ON shift (lane) WHERE closed_us IS NULL;
CREATE UNIQUE INDEX sale_voided_once ON sale (original) WHERE kind = 'void';
CREATE VIEW stock_flow AS
  SELECT product, qty, reason FROM stock_move
  UNION ALL SELECT l.product, -l.qty, s.kind FROM sale_line l JOIN sale s ON s.id = l.sale WHERE s.mode <> 'training';
CREATE INDEX ledger_member ON ledger (member, points, score);
CREATE INDEX print_job_open ON print_job (printer, state) WHERE state IN ('queued', 'sending', 'uncertain', 'failed');
COMMIT;
