#include "common/text/word_classes.h"

#include <map>
#include <string_view>
#include <utility>

#include "common/text/line_words.h"

namespace tocsin {
namespace {

// As line_words.h folds them: "don't" is "dont".
constexpr std::pair<WordClass, std::string_view> kLists[] = {
    {WordClass::kImage,
     "photo photos photograph photographs photographed photographer photographers photography picture pictures "
     "pictured "
     "image images caption captions courtesy credit credits illustration illustrations illustrator graphic screenshot "
     "screengrab handout gallery slideshow file stock pool portrait foto fotos imagen bild archivo"},
    {WordClass::kAgency,
     "getty afp reuters ap epa shutterstock istock istockphoto alamy flickr unsplash pexels pixabay wikimedia corbis "
     "upi bloomberg xinhua sipa zuma redux magnum tass anadolu efe dpa creative commons cc"},
    {WordClass::kVideo,
     "video videos watch watched listen podcast podcasts livestream replay audio transcript episode episodes playback "
     "clip live"},
    {WordClass::kPlea,
     "subscribe subscriber subscribers subscribing subscription subscriptions newsletter newsletters inbox sign "
     "signing "
     "signup donate donating donation donations contribution support supporting supported trial join joining "
     "membership "
     "member members register registered login download app apps alerts alert unlimited cookies privacy recaptcha "
     "offers offer free get receive delivered delivers deal ad-free journalism reporting digest briefing roundup daily "
     "weekly exclusive discount price buy shop store gift"},
    {WordClass::kReader, "you your yours us our ours we me my i im youre youll weve were ill ive"},
    {WordClass::kNetwork,
     "twitter facebook instagram linkedin whatsapp pinterest reddit tumblr youtube tweet tweets snapchat telegram "
     "tiktok flipboard messenger share shares sharing follow follows followers email mail print copy link links "
     "bookmark "
     "embed hashtag tumblr google"},
    {WordClass::kContact,
     "contact reach reached email emails mail send write tip tips letters letter comment comments commenting questions "
     "feedback respond reply phone editors visit address"},
    {WordClass::kAuthor,
     "author authors writer writers editor editors columnist columnists contributor contributors contributing "
     "contributed contributes correspondent correspondents reporter reporters journalist journalists fellow professor "
     "lecturer host hosts blogger novelist freelance freelancer staff writes covers covering reporting reported edited "
     "editing produced producer book books memoir bestselling bureau desk associate assistant emeritus founder "
     "cofounder commentator analyst scholar attorney resident graduate student university institute center director "
     "phd byline written"},
    {WordClass::kRights,
     "copyright rights reserved permission reprinted republished republish reprint published publication publisher "
     "originally appeared appears first views opinions opinion expressed reflect necessarily licensed license "
     "broadcast "
     "rewritten redistributed syndicated syndicate distributed disclaimer material content archive archived "
     "partnership terms policy guidelines c"},
    {WordClass::kPage,
     "home menu search next previous back top skip close loading advertisement advertisements advertising ad ads "
     "sponsored promoted related recommended trending popular topics topic tags tagged filed read more see also click "
     "tap here story stories headlines latest continue continues continued continuing article articles page full site "
     "website homepage expand show hide toggle view explore discover learn check coverage updates must poll quiz "
     "enlarge slideshow play min minute reading below recent posts post under series version"},
    {WordClass::kTime,
     "january february march april may june july august september october november december jan feb mar apr jun jul "
     "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday am pm et est edt pt pst gmt "
     "ago "
     "updated update posted hours hour mins minutes today yesterday"},
    {WordClass::kScene,
     "speaks stands walks arrives attends looks waves holds poses sits leaves gestures talks departs greets shakes "
     "delivers participates reacts smiles listens appears addresses testifies speaking standing walking holding "
     "wearing "
     "sitting waving during left right center centre shown seen above front rally l r c"},
    {WordClass::kSpeech,
     "said says told according added asked wrote tweeted explained noted argued argues announced reported stated "
     "called thinks believe believes"},
    {WordClass::kVerb,
     "is are was were be been being has have had having will would could can may might should must do does did isnt "
     "arent wasnt werent hasnt havent hadnt wont wouldnt couldnt cant shouldnt dont doesnt didnt its thats theres hes "
     "shes theyre went made make makes got came took want wants need needs know think go going"},
    {WordClass::kFunction,
     "the a an of to in on at by for with from as that this these those it he she they his her their him them and or "
     "but not no so if than then when where while who whom whose which what how why because about into over after "
     "before between against through under out up down off only just even there"},
};

}  // namespace

WordClasses::WordClasses() {
  std::map<std::uint64_t, WordClassSet> sets;
  std::vector<std::uint64_t> words;
  for (const auto& [cls, list] : kLists) {
    words.clear();
    append_line_words(list, list.size(), words);
    for (const std::uint64_t word : words) sets[word] |= set_of(cls);
  }
  for (const auto& [word, set] : sets) table_.put(word, set);
}

const WordClasses& WordClasses::instance() {
  static const WordClasses made;
  return made;
}

}  // namespace tocsin
