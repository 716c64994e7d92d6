#include "auth/account.h"
#include "core/arena.h"
#include "core/utf8.h"

enum {
    PASSWORD_MIN = 10, /* code points */
    PASSWORD_MAX = 1000,
};

/*
 * What people take when a form asks for ten letters: our own selection, folded (lower case,
 * ё as е).  A password is refused when it is one of these, also with digits and signs
 * around it, or is made of one of them said again.
 */
static const char *const COMMON[] = {
    /* walks over the keyboard, Latin and Russian */
    "qwerty",
    "qwertyu",
    "qwertyui",
    "qwertyuio",
    "qwertyuiop",
    "qwertyqwerty",
    "qwertyasdf",
    "qwertyasdfgh",
    "asdf",
    "asdfgh",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "qazwsxedcrfv",
    "qweasd",
    "qweasdzxc",
    "poiuytrewq",
    "lkjhgfdsa",
    "mnbvcxz",
    "qwer",
    "qwe",
    "asd",
    "zxc",
    "qaz",
    "wsx",
    "zaq",
    "zaqxsw",
    "zaqxswcde",
    "qwaszx",
    "1q2w3e",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx",
    "1qaz2wsx3edc",
    "q1w2e3r4",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "1qazxsw2",
    "zaq12wsx",
    "йцукен",
    "йцукенг",
    "йцукенгш",
    "йцукенгшщз",
    "йцукенгшщзх",
    "йцукенфыва",
    "фыва",
    "фывапр",
    "фывапрол",
    "фывапролд",
    "фывапролдж",
    "ячсмить",
    "ячсмитьбю",
    "йцу",
    "фыв",
    "ячс",
    "йфяцыч",
    "йфяцычувс",
    "йцуфывячс",
    "ждлорпавыф",
    "йцукенйцукен",
    "фывафыва",
    "й1ц2у3к4",
    "1й2ц3у4к",
    "1й2ц3у4к5е",
    /* digits */
    "0123456789",
    "1234567890",
    "12345678910",
    "123456789",
    "12345678",
    "1234567",
    "123456",
    "12345",
    "9876543210",
    "0987654321",
    "987654321",
    "1029384756",
    "1122334455",
    "112233",
    "11223344",
    "1112223334",
    "123123",
    "123123123",
    "1231231230",
    "123321",
    "1234554321",
    "1234512345",
    "1234567891",
    "147258369",
    "1472583690",
    "159753",
    "741852963",
    "7418529630",
    "789456123",
    "7894561230",
    "101010",
    "1010101010",
    "121212",
    "131313",
    "123654789",
    "3216549870",
    "0000000000",
    "1111111111",
    "2222222222",
    "3333333333",
    "4444444444",
    "5555555555",
    "6666666666",
    "7777777777",
    "8888888888",
    "9999999999",
    "1941",
    "1945",
    "19411945",
    /* words */
    "password",
    "passwords",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pa$$word",
    "mypassword",
    "parol",
    "parolparol",
    "moiparol",
    "пароль",
    "парольпароль",
    "мойпароль",
    "сложныйпароль",
    "новыйпароль",
    "gfhjkm",
    "gfhjkmgfhjkm",
    "admin",
    "administrator",
    "adminadmin",
    "adminpassword",
    "administration",
    "админ",
    "админадмин",
    "администратор",
    "администрация",
    "root",
    "rootroot",
    "toor",
    "user",
    "username",
    "useruser",
    "guest",
    "test",
    "testtest",
    "testing",
    "demo",
    "default",
    "changeme",
    "changemenow",
    "letmein",
    "welcome",
    "welcomehome",
    "secret",
    "topsecret",
    "login",
    "loginlogin",
    "iloveyou",
    "ялюблютебя",
    "люблютебя",
    "yalyublyutebya",
    "privet",
    "приветпривет",
    "привет",
    "здравствуй",
    "здравствуйте",
    "мама",
    "мамамама",
    "мамапапа",
    "мамочка",
    "любовь",
    "люблю",
    "lubov",
    "наташа",
    "natasha",
    "ghbdtn",
    "ghbdtnghbdtn",
    "россия",
    "russia",
    "rossiya",
    "москва",
    "moscow",
    "moskva",
    "сибирь",
    "sibir",
    "отечество",
    "родина",
    "зенит",
    "спартак",
    "spartak",
    "zenit",
    "кыргызстан",
    "kyrgyzstan",
    "бишкек",
    "bishkek",
    "муниципалитет",
    "управа",
    "uprava",
    "upravauprava",
    "город",
    "gorod",
    "солнышко",
    "котенок",
    "зайчик",
    "кисонька",
    "ангелочек",
    "superman",
    "batman",
    "pokemon",
    "football",
    "baseball",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "shadow",
    "michael",
    "computer",
    "internet",
    "samsung",
    "google",
    "yandex",
    "яндекс",
    "windows",
    "microsoft",
    "abcdefghij",
    "abcdefghijk",
    "abcdefgh",
    "abcd",
    "abc",
    "абвгд",
    "абвгдежзик",
    "абвгдежз",
    "aaaaaaaaaa",
    "аааааааааа",
    "january",
    "сентябрь",
    "понедельник",
    "зима",
    "весна",
    "лето",
    "осень",
    "секрет",
    "логин",
    "бухгалтерия",
    "buhgalter",
    "бухгалтер",
    "директор",
    "director",
    "manager",
    "кабинет",
    "компьютер",
    "интернет",
};

static bool is_common(struct str word)
{
    for (size_t i = 0; i < ARRAY_LEN(COMMON); i++)
        if (str_equal(word, str_from_z(COMMON[i])))
            return true;
    return false;
}

static bool is_letter_at(struct str text)
{
    return utf8_is_letter(utf8_next(&text));
}

/* "123Пароль2026!" has the core "пароль". */
static struct str core_of(struct str text)
{
    size_t end = 0;

    while (text.len > 0 && !is_letter_at(text))
        utf8_next(&text);
    for (struct str rest = text; rest.len > 0;) {
        bool is_letter = is_letter_at(rest);

        utf8_next(&rest);
        if (is_letter)
            end = text.len - rest.len;
    }
    return str_slice(text, 0, end);
}

/* Its shortest part of which it is a repetition: "абабаб" is "аб". */
static struct str period_of(struct str text)
{
    for (size_t len = 1; len <= text.len / 2; len++) {
        size_t at = len;

        while (at < text.len && text.ptr[at] == text.ptr[at - len])
            at++;
        if (at == text.len && text.len % len == 0)
            return str_slice(text, 0, len);
    }
    return text;
}

bool account_check_password(struct str password, struct str login, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf folded = {.arena = scratch};
    struct buf folded_login = {.arena = scratch};

    if (!utf8_is_valid(password))
        return err_set(err, ERR_INPUT, "the password has characters that are none");
    size_t length = utf8_length(password);
    if (length < PASSWORD_MIN)
        return err_set(err, ERR_INPUT, "the password must have at least %d characters",
                       PASSWORD_MIN);
    if (length > PASSWORD_MAX)
        return err_set(err, ERR_INPUT, "the password must have at most %d characters",
                       PASSWORD_MAX);
    utf8_fold(&folded, password);
    utf8_fold(&folded_login, str_trim(login));
    struct str word = buf_str(&folded);
    struct str period = period_of(word);
    struct str core = core_of(word);
    if (folded_login.len > 0 &&
        (str_equal(word, buf_str(&folded_login)) || str_equal(period, buf_str(&folded_login)) ||
         (core.len > 0 && str_equal(core, core_of(buf_str(&folded_login))))))
        return err_set(err, ERR_INPUT, "the password must not be the login");
    if (utf8_length(period) <= 3 || is_common(word) || is_common(period) ||
        (core.len > 0 && (is_common(core) || is_common(period_of(core)))))
        return err_set(err, ERR_INPUT, "this password is among the first that anybody would guess");
    return true;
}
